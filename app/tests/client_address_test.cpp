#include <sockeye/app/client_address.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

namespace sockeye::app {

namespace {

const address_list proxies({"10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1"});

engineio::http_request request_with(const std::vector<engineio::http_field>& fields) {
    return {"GET", "/", 11, fields};
}

/// By one header.
std::string client_of(std::string_view peer, std::string_view forwarded) {
    return client_address(request_with({{"X-Forwarded-For", forwarded}}), peer, proxies);
}

bool contains(const address_list& list, std::string_view address) {
    return list.contains(parse_ip_address(address).value());
}

std::string wrong_with(const std::string& range) {
    try {
        const address_list list({"::1", range});
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "";
}

} // namespace

TEST_CASE("client address: who is not trusted is the client, whatever is written") {
    CHECK(client_of("203.0.113.9", "198.51.100.1") == "203.0.113.9");
    CHECK(client_of("2001:db9::1", "198.51.100.1") == "2001:db9::1");
    CHECK(client_address(request_with({{"X-Forwarded-For", "198.51.100.1"}}), "10.0.0.1", {}) ==
          "10.0.0.1");
}

TEST_CASE("client address: proxies are followed from the right") {
    struct row {
        const char* forwarded;
        const char* client;
    };
    const row table[] = {
        {"198.51.100.1", "198.51.100.1"},
        {"198.51.100.1, 10.2.3.4", "198.51.100.1"},
        {"198.51.100.1,10.2.3.4 ,\t192.0.2.7", "198.51.100.1"},
        {"6.6.6.6, 198.51.100.1", "198.51.100.1"}, // the first is what the client said
        {"6.6.6.6, 198.51.100.1, 10.2.3.4", "198.51.100.1"},
        {"10.6.6.6, 198.51.100.1", "198.51.100.1"},
        {"10.9.9.9, 10.2.3.4", "10.9.9.9"}, // nothing but proxies: the farthest
        {"2a00::1, 2001:db8:5::2", "2a00::1"},
        {"198.51.100.1, ::1", "198.51.100.1"},
        {"2A00:0:0:0:0:0:0:1", "2a00::1"}, // one spelling, as limits count by it
    };
    for (const row& r : table) {
        CAPTURE(r.forwarded);
        CHECK(client_of("10.0.0.1", r.forwarded) == r.client);
    }
}

TEST_CASE("client address: several headers are one list") {
    const auto request = request_with({{"x-forwarded-for", "6.6.6.6, 198.51.100.1"},
                                       {"X-Other", "198.51.100.9"},
                                       {"X-FORWARDED-FOR", "10.2.3.4, 10.2.3.5"}});
    CHECK(client_address(request, "10.0.0.1", proxies) == "198.51.100.1");
}

TEST_CASE("client address: without the header it is the peer") {
    CHECK(client_address(request_with({}), "10.0.0.1", proxies) == "10.0.0.1");
}

TEST_CASE("client address: ports and brackets are left off") {
    CHECK(client_of("10.0.0.1", "198.51.100.1:4711") == "198.51.100.1");
    CHECK(client_of("10.0.0.1", "[2a00::1]:4711") == "2a00::1");
    CHECK(client_of("10.0.0.1", "[2a00::1]") == "2a00::1");
}

TEST_CASE("client address: version 4 within version 6 is version 4") {
    CHECK(client_of("::ffff:203.0.113.9", "") == "203.0.113.9");
    CHECK(client_of("::ffff:10.0.0.1", "::ffff:198.51.100.1, ::ffff:a02:304") == "198.51.100.1");
}

TEST_CASE("client address: what is no address ends what is believed") {
    const char* const malformed[] = {
        "unknown",
        "_hidden",
        "198.51.100",
        "198.51.100.1.2",
        "198.51.100.256",
        "198.51.1.01",
        "1.2.3.4:",
        "1.2.3.4:x",
        "1.2.3.4:1234567",
        "[::1",
        "[::1]x",
        "[::1]:",
        "::1%eth0",
        "1.2.3.4 5.6.7.8",
        "\"1.2.3.4\"",
        "0x7f.0.0.1",
        "[198.51.100.1]x",
        "2130706433",
        "[]",
        ":::",
    };
    for (const char* text : malformed) {
        CAPTURE(text);
        CHECK(client_of("10.0.0.1", text) == "10.0.0.1");
        CHECK(client_of("10.0.0.1", "198.51.100.1, " + std::string(text) + ", 10.0.0.2") ==
              "10.0.0.2");
    }
    CHECK(client_of("10.0.0.1", std::string(60'000, '1')) == "10.0.0.1");
}

TEST_CASE("client address: empty elements do not count") {
    CHECK(client_of("10.0.0.1", "198.51.100.1, , 10.2.3.4,") == "198.51.100.1");
    CHECK(client_of("10.0.0.1", ",, ,") == "10.0.0.1");
    CHECK(client_of("10.0.0.1", std::string(60'000, ',')) == "10.0.0.1");
}

TEST_CASE("client address: a peer without an IP address stays as it is") {
    CHECK(client_of("", "198.51.100.1") == "");
    CHECK(client_of("unix:", "198.51.100.1") == "unix:");
    CHECK_FALSE(parse_ip_address(std::string_view("10.0.0.1\0x", 10)));
}

TEST_CASE("address list: ranges hold what begins as they do") {
    const address_list list(
        {"10.1.128.0/17", "2001:db8:8000::/33", "0.0.0.0/32", "::ffff:c000:0/112"});
    for (const char* in : {"10.1.128.0", "10.1.255.255", "::ffff:10.1.200.1", "2001:db8:ffff::1",
                           "0.0.0.0", "192.0.0.9"})
        CHECK(contains(list, in));
    for (const char* out :
         {"10.1.127.255", "10.2.128.0", "2001:db8:7fff::1", "0.0.0.1", "::", "192.1.0.9"})
        CHECK_FALSE(contains(list, out));
}

TEST_CASE("address list: all of version 4 is nothing of version 6, and the other way round all") {
    CHECK(contains(address_list({"0.0.0.0/0"}), "203.0.113.9"));
    CHECK_FALSE(contains(address_list({"0.0.0.0/0"}), "2a00::1"));
    CHECK(contains(address_list({"::/0"}), "2a00::1"));
    CHECK(contains(address_list({"::/0"}), "203.0.113.9"));
}

TEST_CASE("address list: what is no range is named") {
    for (const char* text : {"", "localhost", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
                             "10.0.0.0/8x", "::/129", "/8", " 10.0.0.1"}) {
        CAPTURE(text);
        CHECK(wrong_with(text).starts_with("'" + std::string(text) + "' is n"));
    }
    CHECK(wrong_with("10.1.2.3/8") ==
          "'10.1.2.3/8' is not the start of its range: that is 10.0.0.0/8");
}

} // namespace sockeye::app
