#include "codec/packet_head.hpp"
#include "codec/packet_writer.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::socketio {
namespace {

using namespace std::string_view_literals;

packet_head head_of(std::string_view text) {
    packet_head head;
    CHECK(parse_head(text, {}, head) == "");
    return head;
}

std::string_view error_of(std::string_view text, const parser_limits& limits = {}) {
    packet_head head;
    return parse_head(text, limits, head);
}

TEST_CASE("a head's parts are read and the JSON is left as it is") {
    struct row {
        std::string_view text;
        packet_type type;
        std::size_t attachments;
        std::string_view nsp;
        std::optional<std::uint64_t> id;
        std::string_view json;
    };
    const row table[] = {
        {"0", packet_type::connect, 0, "/", {}, ""},
        {"0{}", packet_type::connect, 0, "/", {}, "{}"},
        {"0/admin", packet_type::connect, 0, "/admin", {}, ""},
        {"0/admin,", packet_type::connect, 0, "/admin", {}, ""},
        {"0/admin?a=1&b=/,{}", packet_type::connect, 0, "/admin?a=1&b=/", {}, "{}"},
        {"1/admin,", packet_type::disconnect, 0, "/admin", {}, ""},
        {"2[\"a\"]", packet_type::event, 0, "/", {}, "[\"a\"]"},
        {"212[\"a\"]", packet_type::event, 0, "/", 12, "[\"a\"]"},
        {"2/,12[\"a\"]", packet_type::event, 0, "/", 12, "[\"a\"]"},
        {"2/admin,12[", packet_type::event, 0, "/admin", 12, "["},
        {"2/12,[]", packet_type::event, 0, "/12", {}, "[]"},
        {"3007[]", packet_type::ack, 0, "/", 7, "[]"},
        {"30[]", packet_type::ack, 0, "/", 0, "[]"},
        {"39007199254740991", packet_type::ack, 0, "/", 9007199254740991U, ""},
        {"4\"x\"", packet_type::connect_error, 0, "/", {}, "\"x\""},
        {"51-[\"a\"]", packet_type::binary_event, 1, "/", {}, "[\"a\"]"},
        {"510-/admin,3[", packet_type::binary_event, 10, "/admin", 3, "["},
        {"6002-12[]", packet_type::binary_ack, 2, "/", 12, "[]"},
        {"2junk", packet_type::event, 0, "/", {}, "junk"},
        {"2-1[]", packet_type::event, 0, "/", {}, "-1[]"},
        {"21.5[]", packet_type::event, 0, "/", 1, ".5[]"},
    };
    for (const row& each : table) {
        const auto& [text, type, attachments, nsp, id, json] = each;
        CAPTURE(each.text);
        const packet_head head = head_of(text);
        CHECK(head.type == type);
        CHECK(head.attachments == attachments);
        CHECK(head.nsp == nsp);
        CHECK(head.id == id);
        CHECK(head.json == json);
    }
}

TEST_CASE("a blank is the id 0, as JavaScript has it") {
    CHECK(head_of("2 [\"a\"]").id == 0);
    CHECK(head_of("2 \t12\n[").id == 12);
    CHECK(head_of("2 \t12\n[").json == "[");
    CHECK(error_of("21 2[\"a\"]") == "invalid payload"); // NaN
}

TEST_CASE("a head that is wrong is refused with Node's words") {
    struct row {
        std::string_view text;
        std::string_view error;
    };
    const row table[] = {
        {"", "invalid payload"},
        {"7", "unknown packet type 7"},
        {"8[]", "unknown packet type 8"},
        {"9[]", "unknown packet type 9"},
        {"abc", "unknown packet type NaN"},
        {"-1[]", "unknown packet type NaN"},
        {"\xff", "unknown packet type NaN"},
        {"5", "Illegal attachments"},
        {"51", "Illegal attachments"},
        {"51[\"x\"]", "Illegal attachments"},
        {"5-[\"x\"]", "Illegal attachments"},
        {"5-1-[\"x\"]", "Illegal attachments"},
        {"50-[\"x\"]", "Illegal attachments"},
        {"5000-[\"x\"]", "Illegal attachments"},
        {"51.0-[\"x\"]", "Illegal attachments"},
        {"5a-[\"x\"]", "Illegal attachments"},
        {"511-[\"x\"]", "too many attachments"},
        {"60-[]", "Illegal attachments"},
        {"618446744073709551617-[]", "too many attachments"},
        {"29007199254740992[]", "invalid payload"},
        {"218446744073709551617[]", "invalid payload"},
    };
    for (const row& each : table) {
        const auto& [text, error] = each;
        CAPTURE(each.text);
        CHECK(error_of(text) == error);
    }
    CHECK(error_of('5' + std::string(1'000'000, '9')) == "Illegal attachments");
    CHECK(error_of('5' + std::string(1'000'000, '9') + '-') == "too many attachments");
    CHECK(error_of('2' + std::string(1'000'000, '9')) == "invalid payload");
}

TEST_CASE("attachments are as many as is allowed and no more") {
    CHECK(error_of("53-[", {.max_attachments = 3}) == "");
    CHECK(error_of("54-[", {.max_attachments = 3}) == "too many attachments");
    CHECK(error_of("51-[", {.max_attachments = 0}) == "too many attachments");
}

TEST_CASE("a namespace's name is as long as is allowed and no longer") {
    const parser_limits limits{.max_namespace_length = 4};
    CHECK(error_of("0/abc", limits) == "");
    CHECK(error_of("0/abc,", limits) == "");
    CHECK(error_of("0/abcd", limits) == "namespace name too long");
    CHECK(error_of("0/abcd,", limits) == "namespace name too long");
}

TEST_CASE("a head that is written is read back") {
    for (const auto type : {packet_type::connect, packet_type::event, packet_type::ack}) {
        for (const std::string_view nsp : {"/"sv, "/admin"sv}) {
            for (const auto id : {std::optional<std::uint64_t>{}, std::optional<std::uint64_t>{0},
                                  std::optional<std::uint64_t>{12345}}) {
                std::string out;
                append_head(out, type, nsp, id);
                out += "[]";
                const packet_head head = head_of(out);
                CHECK(head.type == type);
                CHECK(head.nsp == nsp);
                CHECK(head.id == id);
                CHECK(head.json == "[]");
            }
        }
    }
}

TEST_CASE("a packet is appended to what stands there") {
    std::string out = "4";
    std::vector<const binary*> attachments;
    append_packet(out, packet_type::ack, "/", 7, array{1, "x"}, attachments);
    CHECK(out == "437[1,\"x\"]");
    out = "4";
    append_packet(out, packet_type::ack, "/a", 7, array{binary{}}, attachments);
    CHECK(out == "461-/a,7[{\"_placeholder\":true,\"num\":0}]");
}

} // namespace
} // namespace sockeye::socketio
