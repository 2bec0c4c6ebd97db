#include "state/poll_response.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

namespace sockeye::engineio {
namespace {

struct poll {
    protocol revision = protocol::v4;
    std::optional<std::string> jsonp{};
    bool base64_only = false;
    std::optional<compression_options> compression = compression_options{.threshold = 10};
    std::vector<http_field> fields{};
};

packet_list packets(std::initializer_list<outgoing_ptr> list) {
    packet_list all;
    for (const outgoing_ptr& packet : list)
        all.push_back({packet, packet->data(), false});
    return all;
}

outgoing_ptr text(std::string_view data, bool compress = true) {
    return outgoing::make(packet_type::message, data, false, compress);
}

outgoing_ptr binary(std::string_view data, bool compress = true) {
    return outgoing::make(packet_type::message, data, true, compress);
}

http_response answer(const poll& p, std::initializer_list<outgoing_ptr> list) {
    const http_request request("GET", "/", 11, p.fields);
    return poll_response({p.revision, p.jsonp, p.base64_only, p.compression, request},
                         packets(list));
}

std::string header(const http_response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return "";
}

std::string inflated(const std::string& body, int window_bits) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, window_bits) == Z_OK);
    std::string out(10'000, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

const std::string long_text(1000, 'x');

TEST_CASE("a version 4 poll is answered with text, binary as base64") {
    const http_response response = answer({}, {text("a"), binary("\1\2\3"), text("b")});
    CHECK(response.status == 200);
    CHECK(response.body == "4a\x1e"
                           "bAQID\x1e"
                           "4b");
    CHECK(header(response, "Content-Type") == "text/plain; charset=UTF-8");
    CHECK(header(response, "cache-control") == "no-store");
    CHECK(response.headers.size() == 2);
}

TEST_CASE("a version 3 poll of text alone is answered with lengths") {
    const http_response response =
        answer({.revision = protocol::v3}, {text("h\xc3\xa9"), text("")});
    CHECK(response.body == "3:4h\xc3\xa9"
                           "1:4");
    CHECK(header(response, "Content-Type") == "text/plain; charset=UTF-8");
}

TEST_CASE("a version 3 poll with binary is answered in the binary form") {
    const http_response response =
        answer({.revision = protocol::v3}, {text("hello"), binary("\1\2")});
    CHECK(response.body == std::string("\0\6\xff"
                                       "4hello\1\3\xff\4\1\2",
                                       15));
    CHECK(header(response, "Content-Type") == "application/octet-stream");
}

TEST_CASE("version 3 clients that cannot take binary get base64") {
    for (const auto& p : {poll{.revision = protocol::v3, .base64_only = true},
                          poll{.revision = protocol::v3, .jsonp = "0"}}) {
        const http_response response = answer(p, {text("hello"), binary("\1\2\3\4")});
        CHECK(response.body.find("6:4hello10:b4AQIDBA==") != std::string::npos);
        CHECK(header(response, "Content-Type") == "text/plain; charset=UTF-8");
    }
}

TEST_CASE("a JSONP poll is answered with a script, in both versions") {
    const http_response response = answer({.jsonp = "7"}, {text("\"")});
    CHECK(response.body == R"(___eio[7]("4\"");)");
    CHECK(header(response, "Content-Type") == "text/plain; charset=UTF-8");
    CHECK(answer({.revision = protocol::v3, .jsonp = "7"}, {text("a")}).body ==
          R"(___eio[7]("2:4a");)");
}

TEST_CASE("answers are compressed as the client likes") {
    const auto encoded = [](std::string_view accepted) {
        return answer({.fields = {{"Accept-Encoding", accepted}}}, {text(long_text)});
    };
    const http_response gzipped = encoded("gzip, deflate, br");
    CHECK(header(gzipped, "Content-Encoding") == "gzip");
    CHECK(inflated(gzipped.body, 16 + 15) == "4" + long_text);
    const http_response deflated = encoded("deflate, gzip");
    CHECK(header(deflated, "Content-Encoding") == "deflate");
    CHECK(inflated(deflated.body, 15) == "4" + long_text);
    for (const char* accepted : {"", "br", "identity", "gzip;q=0"})
        CHECK(encoded(accepted).body == "4" + long_text);
}

TEST_CASE("compression starts at its threshold, counted in bytes of the body") {
    poll p{.fields = {{"Accept-Encoding", "gzip"}}};
    CHECK(header(answer(p, {text("12345678")}), "Content-Encoding").empty());
    CHECK(header(answer(p, {text("123456789")}), "Content-Encoding") == "gzip");
    CHECK(header(answer(p, {text("1234"), text("123")}), "Content-Encoding") == "gzip");
    p.compression.reset();
    CHECK(header(answer(p, {text(long_text)}), "Content-Encoding").empty());
}

TEST_CASE("an answer is compressed if one of its packets may be") {
    const poll p{.fields = {{"Accept-Encoding", "gzip"}}};
    CHECK(header(answer(p, {text(long_text, false)}), "Content-Encoding").empty());
    CHECK(header(answer(p, {text(long_text, false), text("a")}), "Content-Encoding") == "gzip");
}

TEST_CASE("old Internet Explorers are told that no script attacks") {
    for (const char* agent : {"Mozilla/4.0 (compatible;MSIE 8.0)", "x Trident/7.0; rv:11.0"})
        CHECK(header(answer({.fields = {{"User-Agent", agent}}}, {text("a")}),
                     "X-XSS-Protection") == "0");
    for (const char* agent : {"", "Mozilla/5.0 MSIE", "Trident"})
        CHECK(header(answer({.fields = {{"User-Agent", agent}}}, {text("a")}), "X-XSS-Protection")
                  .empty());
}

} // namespace
} // namespace sockeye::engineio
