#include <sockeye/socketio/parser.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sockeye::socketio {
namespace {

using namespace std::string_literals;

using messages = std::vector<wire_message>;

// A client's messages, one after the other, and what came of the last one.
struct outcome {
    decode_status status = decode_status::need_more;
    std::string error{};
    packet last{};
};

outcome decode(const messages& from, const parser_limits& limits = {}) {
    const auto parser = default_parser(limits);
    const auto decoder = parser->make_decoder();
    outcome result;
    for (const auto& [data, binary] : from) {
        REQUIRE(result.status == decode_status::need_more);
        const decode_result step = decoder->add(data, binary, result.last);
        result.status = step.status;
        result.error = step.error;
    }
    return result;
}

outcome decode(const std::string& text, const parser_limits& limits = {}) {
    return decode(messages{{text}}, limits);
}

std::string error_of(const messages& from, const parser_limits& limits = {}) {
    const outcome result = decode(from, limits);
    CHECK((result.status == decode_status::error) == !result.error.empty());
    return result.error;
}

std::string error_of(const std::string& text) {
    return error_of(messages{{text}});
}

struct row {
    packet what;
    messages wire;
};

const std::vector<row>& packets() {
    using enum packet_type;
    const auto hole = [](int n) {
        return R"({"_placeholder":true,"num":)" + std::to_string(n) + '}';
    };
    static const std::vector<row> table{
        {{.type = connect}, {{"0"}}},
        {{.type = connect, .data = object{{"token", "1"}}}, {{R"(0{"token":"1"})"}}},
        {{.type = connect, .nsp = "/admin"}, {{"0/admin,"}}},
        {{.type = connect, .nsp = "/admin", .data = object{}}, {{"0/admin,{}"}}},
        {{.type = disconnect}, {{"1"}}},
        {{.type = disconnect, .nsp = "/admin"}, {{"1/admin,"}}},
        {{.data = array{"ev", 1}}, {{R"(2["ev",1])"}}},
        {{.id = 12, .data = array{"ev"}}, {{R"(212["ev"])"}}},
        {{.nsp = "/admin", .data = array{"ev", 1}}, {{R"(2/admin,["ev",1])"}}},
        {{.nsp = "/admin", .id = 0, .data = array{"ev"}}, {{R"(2/admin,0["ev"])"}}},
        {{.data = array{42, nullptr}}, {{"2[42,null]"}}},
        {{.type = ack, .id = 12, .data = array{}}, {{"312[]"}}},
        {{.type = ack, .nsp = "/admin", .id = 12, .data = array{"r"}}, {{R"(3/admin,12["r"])"}}},
        {{.type = connect_error, .data = object{{"message", "x"}}}, {{R"(4{"message":"x"})"}}},
        {{.type = connect_error, .nsp = "/admin", .data = "nope"}, {{R"(4/admin,"nope")"}}},
        {{.data = array{"ev", binary{"\1\2"}}}, {{R"(51-["ev",)" + hole(0) + ']'}, {"\1\2", true}}},
        {{.nsp = "/admin", .id = 7, .data = array{"ev", object{{"x", binary{}}}, binary{"b"}}},
         {{R"(52-/admin,7["ev",{"x":)" + hole(0) + "}," + hole(1) + ']'}, {"", true}, {"b", true}}},
        {{.type = ack, .id = 12, .data = array{binary{"\0"s}}},
         {{"61-12[" + hole(0) + ']'}, {"\0"s, true}}},
        {{.type = ack, .nsp = "/admin", .id = 12, .data = array{binary{"x"}}},
         {{"61-/admin,12[" + hole(0) + ']'}, {"x", true}}},
    };
    return table;
}

TEST_CASE("every form of packet is written") {
    for (const row& each : packets()) {
        const auto& [what, wire] = each;
        CAPTURE(each.wire[0].data);
        CHECK(default_parser()->encode(what) == wire);
    }
}

TEST_CASE("every form of packet is read") {
    for (const row& each : packets()) {
        const auto& [what, wire] = each;
        CAPTURE(each.wire[0].data);
        const outcome result = decode(wire);
        CHECK(result.status == decode_status::packet);
        CHECK(result.last == what);
    }
}

TEST_CASE("one decoder reads packet after packet") {
    const auto parser = default_parser();
    const auto decoder = parser->make_decoder();
    for (const auto& [what, wire] : packets()) {
        packet last;
        decode_result step;
        for (const auto& [data, binary] : wire)
            step = decoder->add(data, binary, last);
        CHECK(step.status == decode_status::packet);
        CHECK(last == what);
    }
}

TEST_CASE("a packet that asks for a binary type gets the type that its data have") {
    using enum packet_type;
    CHECK(default_parser()->encode({.type = binary_event, .data = array{"a"}}) ==
          messages{{R"(2["a"])"}});
    CHECK(default_parser()->encode({.type = binary_ack, .id = 1, .data = array{}}) ==
          messages{{"31[]"}});
}

TEST_CASE("binary in a connect packet has its place in the JSON") {
    CHECK(default_parser()->encode(
              {.type = packet_type::connect, .data = object{{"a", binary{"\1"}}}}) ==
          messages{{R"(0{"a":{"type":"Buffer","data":[1]}})"}});
}

TEST_CASE("writing leaves the packet as it was") {
    const packet what{.data = array{"ev", object{{"x", binary{"b"}}}}};
    const packet copy = what;
    (void)default_parser()->encode(what);
    CHECK(what == copy);
}

TEST_CASE("what a Node server accepts is accepted") {
    CHECK(decode("2").last == packet{}); // an event without a name
    CHECK(decode("0/admin").last == packet{.type = packet_type::connect, .nsp = "/admin"});
    CHECK(decode("1/admin").last == packet{.type = packet_type::disconnect, .nsp = "/admin"});
    CHECK(decode("2007[\"a\"]").last == packet{.id = 7, .data = array{"a"}});
    CHECK(decode("2 [\"a\"]").last == packet{.id = 0, .data = array{"a"}});
    CHECK(decode("2[1.5]").last == packet{.data = array{1.5}});
    CHECK(decode("2[\"error\"]").last == packet{.data = array{"error"}});
    CHECK(decode("3[]").last == packet{.type = packet_type::ack, .data = array{}});
    CHECK(decode("39[1]").last == packet{.type = packet_type::ack, .id = 9, .data = array{1}});
}

TEST_CASE("what a Node server refuses is refused in its words") {
    CHECK(error_of("7") == "unknown packet type 7");
    CHECK(error_of("abc") == "unknown packet type NaN");
    CHECK(error_of("51[\"x\"]") == "Illegal attachments");
    CHECK(error_of("5-1-[\"x\"]") == "Illegal attachments");
    CHECK(error_of("50-[\"x\"]") == "Illegal attachments");
    CHECK(error_of("511-[\"x\"]") == "too many attachments");
    for (const std::string text : {"",
                                   "2{}",
                                   "2[]",
                                   "2[null]",
                                   "2[true]",
                                   R"(2[["a"]])",
                                   R"(2[{"toString":"x"}])",
                                   R"(2["connect"])",
                                   R"(2["connect_error"])",
                                   R"(2["disconnect"])",
                                   R"(2["disconnecting"])",
                                   R"(2["newListener"])",
                                   R"(2["removeListener"])",
                                   R"(2"a")",
                                   "2null",
                                   R"(2["a")",
                                   R"(2["a"]x)",
                                   R"(2-1["a"])",
                                   R"(21.5["a"])",
                                   R"(21e3["a"])",
                                   R"(2abc["a"])",
                                   "1{}",
                                   "1null",
                                   "0[1]",
                                   R"(0"x")",
                                   "0null",
                                   "0{",
                                   "0true",
                                   "3{}",
                                   "3null",
                                   R"(3"a")",
                                   "4[]",
                                   "4null"}) {
        CAPTURE(text);
        CHECK(error_of(text) == "invalid payload");
    }
    CHECK(error_of("2[\"a\"]\0"s) == "invalid payload");
}

TEST_CASE("text and binary come only when it is their turn") {
    CHECK(error_of({{"x", true}}) == "got binary data when not reconstructing a packet");
    const std::string waits = R"(51-["a",{"_placeholder":true,"num":0}])";
    CHECK(error_of({{waits}, {"2[\"a\"]"}}) == "got plaintext data when reconstructing a packet");
    CHECK(decode(waits).status == decode_status::need_more);
}

TEST_CASE("a placeholder names an attachment that there is") {
    for (const std::string num : {"1", "-1", "0.5", "\"0\"", "null", "[0]", "1e99", "\"splice\""}) {
        CAPTURE(num);
        CHECK(error_of({{R"(51-["a",{"_placeholder":true,"num":)" + num + "}]"}, {"x", true}}) ==
              "illegal attachments");
    }
    CHECK(error_of({{R"(51-["a",{"_placeholder":true}])"}, {"x", true}}) == "illegal attachments");
}

TEST_CASE("an attachment may be named twice or not at all") {
    const std::string hole = R"({"_placeholder":true,"num":0})";
    CHECK(decode({{"51-[\"a\"," + hole + ',' + hole + ']'}, {"x", true}}).last ==
          packet{.data = array{"a", binary{"x"}, binary{"x"}}});
    CHECK(decode({{"51-[\"a\"]"}, {"x", true}}).last == packet{.data = array{"a"}});
    CHECK(decode({{"51-"}, {"x", true}}).last == packet{}); // no payload, as in `2`
}

TEST_CASE("other members of a placeholder do not matter, and its mark must be true") {
    CHECK(decode({{R"(51-["a",{"num":0.0,"b":[1],"_placeholder":true}])"}, {"x", true}}).last ==
          packet{.data = array{"a", binary{"x"}}});
    CHECK(decode({{R"(51-["a",{"_placeholder":1,"num":0}])"}, {"x", true}}).last ==
          packet{.data = array{"a", object{{"_placeholder", 1}, {"num", 0}}}});
}

TEST_CASE("a placeholder in a packet without binary is an object like any other") {
    CHECK(decode(R"(2["a",{"_placeholder":true,"num":0}])").last ==
          packet{.data = array{"a", object{{"_placeholder", true}, {"num", 0}}}});
}

TEST_CASE("the bytes of a packet's attachments are bounded together") {
    const parser_limits limits{.max_attachment_bytes = 10};
    const std::string two = "52-[\"a\"]";
    CHECK(decode({{two}, {"12345", true}, {"67890", true}}, limits).status ==
          decode_status::packet);
    CHECK(error_of({{two}, {"12345", true}, {"678901", true}}, limits) == "attachments too large");
    CHECK(error_of({{two}, {"12345678901", true}}, limits) == "attachments too large");
}

TEST_CASE("naming an attachment again and again does not multiply it beyond the bound") {
    const parser_limits limits{.max_attachment_bytes = 10};
    const std::string hole = R"({"_placeholder":true,"num":0})";
    const std::string two = "51-[\"a\"," + hole + ',' + hole + ']';
    CHECK(decode({{two}, {"12345", true}}, limits).status == decode_status::packet);
    CHECK(error_of({{two}, {"123456", true}}, limits) == "illegal attachments");
}

TEST_CASE("attachments are as many as is allowed and no more, as is depth") {
    CHECK(error_of({{"53-[\"a\"]"}}, {.max_attachments = 2}) == "too many attachments");
    CHECK(decode("52-[\"a\"]", {.max_attachments = 2}).status == decode_status::need_more);
    CHECK(decode("2[\"a\",[[]]]", {.max_depth = 3}).status == decode_status::packet);
    CHECK(error_of({{"2[\"a\",[[[]]]]"}}, {.max_depth = 3}) == "invalid payload");
    CHECK(decode("2[\"a\",1]", {.max_elements = 3}).status == decode_status::packet);
    CHECK(error_of({{"2[\"a\",1,2]"}}, {.max_elements = 3}) == "invalid payload");
}

TEST_CASE("a decoder that is reset expects a new packet") {
    const auto parser = default_parser();
    const auto decoder = parser->make_decoder();
    packet last;
    CHECK(decoder->add("51-[\"a\"]", false, last).status == decode_status::need_more);
    decoder->reset();
    CHECK(decoder->add("2[\"b\"]", false, last).status == decode_status::packet);
    CHECK(last == packet{.data = array{"b"}});
}

TEST_CASE("a packet that is not complete leaves the last one alone") {
    const auto parser = default_parser();
    const auto decoder = parser->make_decoder();
    packet last{.data = array{"before"}};
    CHECK(decoder->add("51-[\"a\"]", false, last).status == decode_status::need_more);
    CHECK(decoder->add("2[\"a\"]", false, last).status == decode_status::error);
    CHECK(last == packet{.data = array{"before"}});
}

} // namespace
} // namespace sockeye::socketio
