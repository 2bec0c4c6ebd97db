#include "codec/payload.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::engineio {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

struct packet {
    packet_type type;
    bool binary;
    std::string data;

    bool operator==(const packet&) const = default;
};

packet text(std::string data) {
    return {packet_type::message, false, std::move(data)};
}
packet bytes(std::string data) {
    return {packet_type::message, true, std::move(data)};
}

struct reading {
    std::vector<packet> packets;
    payload_step last;

    bool operator==(const reading&) const = default;
};

reading whole(std::vector<packet> packets) {
    return {std::move(packets), payload_step::end};
}
reading broken_after(std::vector<packet> packets) {
    return {std::move(packets), payload_step::error};
}

std::ostream& operator<<(std::ostream& out, const reading& read) {
    for (const auto& each : read.packets)
        out << static_cast<int>(each.type) << (each.binary ? " binary " : " text ") << each.data
            << "; ";
    return out << (read.last == payload_step::end ? "end" : "error");
}

// What a body can be: the protocol and, of version 3, which of its two forms.
struct form {
    protocol version;
    bool binary;
};

constexpr form v4{protocol::v4, false};
constexpr form v3{protocol::v3, false};
constexpr form v3_binary{protocol::v3, true};

reading read(form how, std::string_view body, std::size_t max_packets = 100) {
    // A copy of exactly the size, so that the address sanitizer sees any look past the end.
    const std::vector<char> exact(body.begin(), body.end());
    payload_reader reader(how.version, how.binary, {exact.data(), exact.size()}, max_packets);
    reading result;
    packet_view view;
    while ((result.last = reader.next(view)) == payload_step::packet)
        result.packets.push_back({view.type, view.binary, std::string(view.data)});
    CHECK(reader.next(view) == result.last); // the last answer stays
    return result;
}

// In version 4 bodies '|' stands for the separator.
std::string bars(std::string body) {
    std::replace(body.begin(), body.end(), '|', '\x1e');
    return body;
}

std::string v4_payload(const std::vector<std::string_view>& pieces) {
    std::string out;
    append_payload_v4(out, pieces);
    return out;
}

std::string v3_payload(const std::vector<std::string_view>& pieces) {
    std::string out;
    append_payload_v3(out, pieces);
    return out;
}

std::string v3_binary_payload(const std::vector<packet>& packets) {
    std::vector<packet_view> views;
    for (const auto& each : packets)
        views.push_back({each.type, each.binary, each.data});
    std::string out;
    append_binary_payload_v3(out, views);
    return out;
}

// For every place where a body may be cut off: a cut at the end of a packet is a shorter payload,
// any other is an error, and either way the packets before it come out.
void check_every_cut(form how, const std::vector<std::string>& parts,
                     const std::vector<packet>& packets) {
    std::string body;
    std::vector<packet> complete;
    for (const auto& part : parts) {
        for (std::size_t i = 1; i < part.size(); ++i) {
            CAPTURE(body + part.substr(0, i));
            CHECK(read(how, body + part.substr(0, i)) == broken_after(complete));
        }
        body += part;
        complete.push_back(packets[complete.size()]);
        CHECK(read(how, body) == whole(complete));
    }
}

TEST_CASE("v4: packets are separated by 0x1e") {
    CHECK(read(v4, "4hello") == whole({text("hello")}));
    CHECK(read(v4, bars("4a|4b|4c")) == whole({text("a"), text("b"), text("c")}));
    CHECK(read(v4, bars("4€|bAQIDBA==")) == whole({text("€"), bytes("\x01\x02\x03\x04")}));
    CHECK(read(v4, bars("6|1")) ==
          whole({{packet_type::noop, false, ""}, {packet_type::close, false, ""}}));
    CHECK(read(v4, bars("4|b|3")) == whole({text(""), bytes(""), {packet_type::pong, false, ""}}));
}

TEST_CASE("v4: the same payloads are written") {
    CHECK(v4_payload({"4hello"}) == "4hello");
    CHECK(v4_payload({"4€", "bAQIDBA=="}) == bars("4€|bAQIDBA=="));
    CHECK(v4_payload({"4test1", "4test2", "4test3"}) == bars("4test1|4test2|4test3"));
    CHECK(v4_payload({"6", "1"}) == bars("6|1"));
}

TEST_CASE("v4: no packet may be empty or of no known type") {
    CHECK(read(v4, "") == broken_after({}));
    CHECK(read(v4, bars("|")) == broken_after({}));
    CHECK(read(v4, bars("|4a")) == broken_after({}));
    CHECK(read(v4, bars("4a||4b")) == broken_after({text("a")}));
    CHECK(read(v4, "abc") == broken_after({}));
    CHECK(read(v4, bars("4a|7")) == broken_after({text("a")}));
}

TEST_CASE("v4: a separator at the end announces a packet that is missing") {
    CHECK(read(v4, bars("4a|")) == broken_after({text("a")}));
    CHECK(read(v4, bars("4a|4b|")) == broken_after({text("a"), text("b")}));
}

TEST_CASE("v4: there is no binary body") {
    CHECK(read({protocol::v4, true}, "4hello") == broken_after({}));
    CHECK(read({protocol::v4, true}, "\x01\x02\xff\x04\x01"sv) == broken_after({}));
}

TEST_CASE("v4: a body cut off anywhere is read or refused") {
    const std::string body = bars("4€|bAQIDBA==|2");
    for (std::size_t size = 0; size < body.size(); ++size) {
        CAPTURE(size);
        // Cut inside the euro sign, which is not UTF-8 then, or right behind a separator.
        const bool bad = size == 0 || size == 2 || size == 3 || size == 5 || size == 15;
        CHECK((read(v4, body.substr(0, size)).last == payload_step::error) == bad);
    }
}

TEST_CASE("v3: each packet is led by its length in UTF-16 code units") {
    CHECK(read(v3, "6:4hello") == whole({text("hello")}));
    CHECK(read(v3, "6:4test16:4test26:4test3") ==
          whole({text("test1"), text("test2"), text("test3")}));
    CHECK(read(v3, "6:4hello10:b4AQIDBA==") == whole({text("hello"), bytes("\x01\x02\x03\x04")}));
    CHECK(read(v3, "14:42[\"echo\",\"€\"]") == whole({text("2[\"echo\",\"€\"]")}));
    CHECK(read(v3, "3:4😀2:4€2:4é") == whole({text("😀"), text("€"), text("é")}));
    CHECK(read(v3, "1:61:1") ==
          whole({{packet_type::noop, false, ""}, {packet_type::close, false, ""}}));
}

TEST_CASE("v3: the same payloads are written") {
    CHECK(v3_payload({"6", "1"}) == "1:61:1");
    CHECK(v3_payload({"4hello", "b4AQIDBA=="}) == "6:4hello10:b4AQIDBA==");
    CHECK(v3_payload({"42[\"echo\",\"€\"]"}) == "14:42[\"echo\",\"€\"]");
    CHECK(v3_payload({"4😀", "4é"}) == "3:4😀2:4é");
    CHECK(v3_payload({}) == "0:");
}

TEST_CASE("v3: a length that is none, or not that of the packet, is an error") {
    for (const auto body : {"5:42"sv, "x:42"sv, "42"sv, "1:"sv, ":42"sv, ":"sv, "-1:4"sv, "+2:42"sv,
                            " 2:42"sv, "2 :42"sv, "2.:42"sv, "0x2:42"sv, "1e0:4"sv, "2;42"sv}) {
        CAPTURE(body);
        CHECK(read(v3, body) == broken_after({}));
    }
    CHECK(read(v3, "1:42") == broken_after({text("")}));
    CHECK(read(v3, "2:4a7") == broken_after({text("a")}));
}

TEST_CASE("v3: a length has at most ten digits") {
    CHECK(read(v3, "0000000002:4a") == whole({text("a")}));
    CHECK(read(v3, "00000000002:4a") == broken_after({}));
    CHECK(read(v3, "9999999999:4a") == broken_after({}));
    CHECK(read(v3, "18446744073709551618:4a") == broken_after({})); // 2 modulo 2^64
    CHECK(read(v3, std::string(100000, '0') + "2:4a") == broken_after({}));
}

TEST_CASE("v3: a length that ends inside a surrogate pair is an error") {
    CHECK(read(v3, "2:4😀") == broken_after({}));
    CHECK(read(v3, "4:4😀") == broken_after({}));
}

TEST_CASE("v3: 0: is no packet") {
    CHECK(read(v3, "0:") == whole({}));
    CHECK(read(v3, "0:0:2:4a0:") == whole({text("a")}));
    CHECK(read(v3, "2:4a0:", 1) == whole({text("a")}));
    CHECK(read(v3, "0:x") == broken_after({}));
}

TEST_CASE("v3: an empty body and a packet of no known type are errors") {
    CHECK(read(v3, "") == broken_after({}));
    CHECK(read(v3, "1:7") == broken_after({}));
    CHECK(read(v3, "3:abc") == broken_after({}));
    CHECK(read(v3, "1:b") == broken_after({}));
    CHECK(read(v3, "2:b7") == broken_after({}));
}

TEST_CASE("v3: a body cut off anywhere but between packets is an error") {
    check_every_cut(v3, {"6:4hello", "3:4😀", "10:b4AQIDBA==", "2:4€", "1:2"},
                    {text("hello"), text("😀"), bytes("\x01\x02\x03\x04"), text("€"),
                     packet{packet_type::ping, false, ""}});
}

// The examples: lengths in bytes, one byte a digit.
const auto hello_and_bytes = "\x00\x06\xff"
                             "4hello\x01\x05\xff\x04\x01\x02\x03\x04"s;
const auto euro_and_bytes = "\x00\x04\xff\x34\xe2\x82\xac\x01\x05\xff\x04\x01\x02\x03\x04"s;

TEST_CASE("v3 binary: text and binary packets are read") {
    CHECK(read(v3_binary, hello_and_bytes) == whole({text("hello"), bytes("\x01\x02\x03\x04")}));
    CHECK(read(v3_binary, euro_and_bytes) == whole({text("€"), bytes("\x01\x02\x03\x04")}));
    CHECK(read(v3_binary, "\x00\x05\xff"
                          "4😀"s) == whole({text("😀")}));
    CHECK(read(v3_binary, "\x00\x01\x00\xff"
                          "b4AQIDBAU="s) == whole({bytes("\x01\x02\x03\x04\x05")}));
}

TEST_CASE("v3 binary: the same payloads are written") {
    CHECK(v3_binary_payload({text("hello"), bytes("\x01\x02\x03\x04")}) == hello_and_bytes);
    CHECK(v3_binary_payload({text("€"), bytes("\x01\x02\x03\x04")}) == euro_and_bytes);
    CHECK(v3_binary_payload({text(std::string(122, 'x'))}) == "\x00\x01\x02\x03\xff"
                                                              "4"s +
                                                                  std::string(122, 'x'));
    CHECK(v3_binary_payload({{packet_type::noop, false, ""}}) == "\x00\x01\xff"
                                                                 "6"s);
}

TEST_CASE("v3 binary: what is neither text nor binary, or has no length, is an error") {
    for (const auto& body : {""s, "\x02\x02\xff\x04\x01"s, "4hello"s, "\x01\xff\x04"s,
                             "\x01\x0a\xff"s + std::string(10, '\x04'), "\x01\x32\xff\x04\x01"s,
                             "\x01\x02\xfe\x04\x01"s, "\x00\x00\xff"s, "\x01\x00\xff"s}) {
        CHECK(read(v3_binary, body) == broken_after({}));
    }
}

TEST_CASE("v3 binary: a packet of no known type is an error") {
    CHECK(read(v3_binary, "\x01\x02\xff\x07\x01"s) == broken_after({}));
    CHECK(read(v3_binary, "\x01\x02\xff"
                          "41"s) == broken_after({}));
    CHECK(read(v3_binary, "\x00\x02\xff\x04\x61"s) == broken_after({}));
}

TEST_CASE("v3 binary: a length has at most ten digits") {
    const auto with_digits = [](std::size_t zeros) {
        return "\x01"s + std::string(zeros, '\0') + "\x02\xff\x04\x01"s;
    };
    CHECK(read(v3_binary, with_digits(9)) == whole({bytes("\x01")}));
    CHECK(read(v3_binary, with_digits(10)) == broken_after({}));
    CHECK(read(v3_binary, with_digits(100000)) == broken_after({}));
    CHECK(read(v3_binary, "\x01"s + std::string(10, '\x09') + "\xff\x04"s) == broken_after({}));
}

TEST_CASE("v3 binary: a body cut off anywhere but between packets is an error") {
    check_every_cut(v3_binary,
                    {"\x00\x06\xff"
                     "4hello"s,
                     "\x01\x05\xff\x04\x01\x02\x03\x04"s, "\x00\x04\xff\x34\xe2\x82\xac"s,
                     "\x01\x01\x02\xff\x04\xff\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09"s},
                    {text("hello"), bytes("\x01\x02\x03\x04"), text("€"),
                     bytes("\xff\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09"s)});
}

TEST_CASE("text that is not UTF-8 is an error in every form") {
    for (const auto& bad : {"\xff"s, "\xc3"s, "\xed\xa0\x80"s, "\xc0\x80"s, "\x80"s}) {
        CHECK(read(v4, bars("4a|4") + bad) == broken_after({text("a")}));
        const auto units = std::to_string(1 + bad.size());
        CHECK(read(v3, "2:4a" + units + ":4" + bad).last == payload_step::error);
        const auto size = static_cast<char>(1 + bad.size());
        CHECK(read(v3_binary, "\x00"s + size +
                                  "\xff"
                                  "4" +
                                  bad) == broken_after({}));
    }
}

TEST_CASE("as many packets as allowed are read and not one more") {
    CHECK(read(v4, bars("4a|4b"), 2) == whole({text("a"), text("b")}));
    CHECK(read(v4, bars("4a|4b|4c"), 2) == broken_after({text("a"), text("b")}));
    CHECK(read(v3, "2:4a2:4b", 2) == whole({text("a"), text("b")}));
    CHECK(read(v3, "2:4a2:4b2:4c", 2) == broken_after({text("a"), text("b")}));
    CHECK(read(v3_binary, hello_and_bytes, 2).last == payload_step::end);
    CHECK(read(v3_binary, hello_and_bytes, 1) == broken_after({text("hello")}));
    CHECK(read(v4, "4a", 0) == broken_after({}));
}

TEST_CASE("half a million tiny packets are read") {
    std::string body;
    for (int i = 0; i < 500000; ++i)
        body += i == 0 ? "4" : bars("|4");
    CHECK(read(v4, body, 500000).packets.size() == 500000);
    CHECK(read(v3, std::string(500000, '4')).last == payload_step::error);
}

} // namespace
} // namespace sockeye::engineio
