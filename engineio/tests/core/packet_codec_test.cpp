#include "codec/packet_codec.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

namespace sockeye::engineio {
namespace {

using namespace std::string_view_literals;

struct vector {
    protocol version;
    std::string_view wire;
    packet_view packet;
};

constexpr vector text_vectors[] = {
    {protocol::v4, "0{\"sid\":\"x\"}", {packet_type::open, false, "{\"sid\":\"x\"}"}},
    {protocol::v4, "1", {packet_type::close, false, ""}},
    {protocol::v4, "2", {packet_type::ping, false, ""}},
    {protocol::v4, "2probe", {packet_type::ping, false, "probe"}},
    {protocol::v4, "3probe", {packet_type::pong, false, "probe"}},
    {protocol::v4, "4hello", {packet_type::message, false, "hello"}},
    {protocol::v4, "4", {packet_type::message, false, ""}},
    {protocol::v4, "4b", {packet_type::message, false, "b"}},
    {protocol::v4, "4€😀", {packet_type::message, false, "€😀"}},
    {protocol::v4, "5", {packet_type::upgrade, false, ""}},
    {protocol::v4, "6", {packet_type::noop, false, ""}},
    {protocol::v4, "bAQIDBA==", {packet_type::message, true, "\x01\x02\x03\x04"sv}},
    {protocol::v4, "b", {packet_type::message, true, ""}},
    {protocol::v3, "4hello", {packet_type::message, false, "hello"}},
    {protocol::v3, "6", {packet_type::noop, false, ""}},
    {protocol::v3, "b4AQIDBA==", {packet_type::message, true, "\x01\x02\x03\x04"sv}},
    {protocol::v3, "b4", {packet_type::message, true, ""}},
    {protocol::v3, "b2AAAA", {packet_type::ping, true, "\x00\x00\x00"sv}},
};

void check_same(const std::optional<packet_view>& got, const packet_view& expected) {
    REQUIRE(got);
    CHECK(got->type == expected.type);
    CHECK(got->binary == expected.binary);
    CHECK(got->data == expected.data);
}

TEST_CASE("packets in text form are read") {
    for (const auto& each : text_vectors) {
        CAPTURE(each.wire);
        std::string scratch = "left from before";
        check_same(decode_text_packet(each.version, each.wire, scratch), each.packet);
    }
}

TEST_CASE("packets in text form are written") {
    for (const auto& each : text_vectors) {
        std::string out = "before ";
        append_text_packet(out, each.version, each.packet);
        CHECK(out == "before " + std::string(each.wire));
    }
}

TEST_CASE("text that starts with no packet type is refused") {
    for (const auto version : {protocol::v3, protocol::v4}) {
        for (const auto text : {""sv, "abc"sv, "7"sv, "9x"sv, "/"sv, ":"sv, "B"sv, " 4"sv, "-1"sv,
                                "\x04hello"sv, "\xff"sv, "\x00"sv, "\xb4"sv}) {
            CAPTURE(text);
            std::string scratch;
            CHECK_FALSE(decode_text_packet(version, text, scratch));
        }
    }
}

TEST_CASE("version 3 base64 needs a packet type, version 4 has none") {
    std::string scratch;
    CHECK_FALSE(decode_text_packet(protocol::v3, "b", scratch));
    CHECK_FALSE(decode_text_packet(protocol::v3, "bAQID", scratch));
    CHECK_FALSE(decode_text_packet(protocol::v3, "b7AQID", scratch));
    check_same(decode_text_packet(protocol::v4, "b4AQI", scratch),
               {packet_type::message, true, "\xe0\x04\x08"sv});
}

TEST_CASE("a version 4 binary frame is a message as it stands") {
    for (const auto frame : {"\x01\x02\x03\x04"sv, "\x07"sv, ""sv})
        check_same(decode_binary_packet(protocol::v4, frame), {packet_type::message, true, frame});
}

TEST_CASE("a version 3 binary frame starts with its type as a byte") {
    check_same(decode_binary_packet(protocol::v3, "\x04\x01\x02\x03\x04"sv),
               {packet_type::message, true, "\x01\x02\x03\x04"sv});
    check_same(decode_binary_packet(protocol::v3, "\x00"sv), {packet_type::open, true, ""});
    check_same(decode_binary_packet(protocol::v3, "\x06"sv), {packet_type::noop, true, ""});
}

TEST_CASE("a version 3 binary frame without a type is refused") {
    for (const auto frame : {""sv, "\x07\x01"sv, "4hello"sv, "\xff"sv})
        CHECK_FALSE(decode_binary_packet(protocol::v3, frame));
}

} // namespace
} // namespace sockeye::engineio
