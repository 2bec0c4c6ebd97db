#include <sockeye/socketio/parser.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace sockeye::socketio {
namespace {

using namespace std::string_literals;

std::string encoded(const packet& from) {
    const auto messages = msgpack_parser()->encode(from);
    REQUIRE(messages.size() == 1);
    CHECK(messages[0].binary);
    return messages[0].data;
}

decode_result add(const std::string& bytes, packet& into, const parser_limits& limits = {}) {
    return msgpack_parser(limits)->make_decoder()->add(bytes, true, into);
}

packet decoded(const std::string& bytes, const parser_limits& limits = {}) {
    packet into;
    const decode_result result = add(bytes, into, limits);
    CHECK(result.status == decode_status::packet);
    CHECK(result.error == "");
    return into;
}

std::string error_of(const std::string& bytes, const parser_limits& limits = {}) {
    packet into;
    const decode_result result = add(bytes, into, limits);
    CHECK((result.status == decode_status::error) == !result.error.empty());
    return std::string(result.error);
}

// An event with one argument that is `bytes`.
std::string event_with(const std::string& bytes) {
    return "\x83\xa4type\x02\xa4"s + "data\x92\xa1" + "a" + bytes + "\xa3nsp\xa1/";
}

value argument(const std::string& bytes) {
    return decoded(event_with(bytes)).data.as_array().at(1);
}

std::string written(const value& val) {
    const std::string whole = encoded({.data = array{"a", val}});
    const std::string before = "\x83\xa4type\x02\xa4"s + "data\x92\xa1" + "a";
    const std::string after = "\xa3nsp\xa1/";
    CHECK(whole.starts_with(before));
    CHECK(whole.ends_with(after));
    return whole.substr(before.size(), whole.size() - before.size() - after.size());
}

const std::string undefined = "\xd4\0\0"s;

TEST_CASE("keys are in the order in which Node's server sets them") {
    using enum packet_type;
    CHECK(encoded({.data = array{"a"}}) ==
          "\x83\xa4type\x02\xa4"s + "data\x91\xa1" + "a\xa3nsp\xa1/");
    CHECK(encoded({.id = 5, .data = array{"a"}}) ==
          "\x84\xa4type\x02\xa4"s + "data\x91\xa1" + "a\xa2id\x05\xa3nsp\xa1/");
    CHECK(encoded({.type = ack, .nsp = "/b", .id = 5, .data = array{}}) ==
          "\x84\xa2id\x05\xa4type\x03\xa4"s + "data\x90\xa3nsp\xa2/b");
    CHECK(encoded({.type = disconnect}) == "\x82\xa4type\x01\xa3nsp\xa1/");
    CHECK(encoded({.type = connect}) == "\x82\xa4type\0\xa3nsp\xa1/"s);
}

TEST_CASE("Node's connect reply has a pid, if only undefined") {
    CHECK(encoded({.type = packet_type::connect, .data = object{{"sid", "x"}}}) ==
          "\x83\xa4type\0\xa4"s + "data\x82\xa3sid\xa1x\xa3pid" + undefined + "\xa3nsp\xa1/");
    CHECK(encoded({.type = packet_type::connect, .data = object{{"sid", "x"}, {"pid", "y"}}}) ==
          "\x83\xa4type\0\xa4"s + "data\x82\xa3sid\xa1x\xa3pid\xa1y\xa3nsp\xa1/");
}

TEST_CASE("Node's connect error has data, if only undefined, unless there is no such namespace") {
    const auto type = packet_type::connect_error;
    CHECK(encoded({.type = type, .data = object{{"message", "x"}}}) ==
          "\x83\xa4type\x04\xa4"s + "data\x82\xa7message\xa1x\xa4" + "data" + undefined +
              "\xa3nsp\xa1/");
    CHECK(encoded({.type = type, .nsp = "/b", .data = object{{"message", "Invalid namespace"}}}) ==
          "\x83\xa4type\x04\xa3nsp\xa2/b\xa4"s + "data\x81\xa7message\xb1Invalid namespace");
    CHECK(encoded({.type = type, .data = "x"}) ==
          "\x83\xa4type\x04\xa4"s + "data\xa1x\xa3nsp\xa1/");
}

TEST_CASE("values are written as notepack writes them") {
    CHECK(written(nullptr) == "\xc0");
    CHECK(written(true) == "\xc3");
    CHECK(written(false) == "\xc2");
    CHECK(written(127) == "\x7f");
    CHECK(written(128) == "\xcc\x80");
    CHECK(written(256) == "\xcd\x01\x00"s);
    CHECK(written(65536) == "\xce\0\x01\0\0"s);
    CHECK(written(std::int64_t{1} << 32) == "\xcf\0\0\0\x01\0\0\0\0"s);
    CHECK(written(-32) == "\xe0");
    CHECK(written(-33) == "\xd0\xdf");
    CHECK(written(-129) == "\xd1\xff\x7f");
    CHECK(written(-32769) == "\xd2\xff\xff\x7f\xff");
    CHECK(written(std::numeric_limits<std::uint64_t>::max()) == "\xcf" + std::string(8, '\xff'));
    CHECK(written(1.5) == "\xcb\x3f\xf8\0\0\0\0\0\0"s);
    CHECK(written(3.0) == "\x03"); // the same number, to JavaScript
    CHECK(written(-0.0) == "\x00"s);
    CHECK(written(1e300).starts_with("\xcb"));
    CHECK(written(std::numeric_limits<double>::infinity()) == "\xcb\x7f\xf0\0\0\0\0\0\0"s);
    CHECK(written("x") == "\xa1x");
    CHECK(written(std::string(32, 'x')) == "\xd9\x20" + std::string(32, 'x'));
    CHECK(written(binary{"xy"}) == "\xc4\x02xy");
    CHECK(written(array{1, value(array{})}) == "\x92\x01\x90");
    CHECK(written(object{{"k", object{}}}) == "\x81\xa1k\x80");
}

TEST_CASE("text that is no UTF-8 is repaired on its way out") {
    CHECK(written("a\xff"
                  "b") == "\xa5"
                          "a\xef\xbf\xbd"
                          "b");
    CHECK(written(object{{"\xff", 1}}) == "\x81\xa3\xef\xbf\xbd\x01");
}

TEST_CASE("what is written is read back") {
    for (const value& val : array{nullptr,
                                  true,
                                  0,
                                  127,
                                  128,
                                  65535,
                                  65536,
                                  -1,
                                  -33,
                                  -40000,
                                  std::numeric_limits<std::int64_t>::min(),
                                  std::numeric_limits<std::uint64_t>::max(),
                                  1.5,
                                  "",
                                  "text",
                                  std::string(300, 'x'),
                                  std::string(70000, 'x'),
                                  binary{},
                                  binary{std::string(300, '\0')},
                                  value(array{1, value(array{})}),
                                  value(array(20, value(1))),
                                  value(object{{"a", object{{"b", "c"}}}})}) {
        CHECK(decoded(encoded({.data = array{"a", val}})) == packet{.data = array{"a", val}});
    }
}

TEST_CASE("a JavaScript client's packets are read") {
    CHECK(decoded("\x82\xa4type\0\xa3nsp\xa1/"s) == packet{.type = packet_type::connect});
    CHECK(decoded("\x84\xa4type\x02\xa4"s + "data\x91\xa1" + "a\xa7options\x81\xa8" +
                  "compress\xc3\xa3nsp\xa2/b") == packet{.nsp = "/b", .data = array{"a"}});
    CHECK(decoded("\x84\xa4type\x03\xa2id\x07\xa4"s + "data\x90\xa3nsp\xa1/") ==
          packet{.type = packet_type::ack, .id = 7, .data = array{}});
    CHECK(decoded("\x83\xa4type\0\xa4"s + "data" + undefined + "\xa3nsp\xa1/") ==
          packet{.type = packet_type::connect});
    CHECK(decoded("\x84\xa4type\x02\xa4"s + "data\x91\xa1" + "a\xa2id" + undefined +
                  "\xa3nsp\xa1/") == packet{.data = array{"a"}});
}

TEST_CASE("notepack's extensions are read for what they mean") {
    CHECK(argument(undefined) == value());
    CHECK(argument("\xd7\0\0\0\x01\x8b\xcf\xe5\x68\0"s) == value(1700000000000));
    CHECK(argument("\xd7\0\xff\xff\xff\xff\xff\xff\xff\xff"s) == value(-1));
    CHECK(argument("\xc7\x03\0abc"s) == value(binary{"abc"}));
    CHECK(argument("\xc7\0\0"s) == value(binary{}));
    CHECK(argument("\xc7\x01\0\0"s) == value(binary{"\0"s}));            // not undefined
    CHECK(argument("\xc7\x08\0abcdefgh"s) == value(binary{"abcdefgh"})); // not a Date
    CHECK(argument("\xc8\0\x01\0x"s) == value(binary{"x"}));
    CHECK(argument("\xca\x3f\xc0\0\0"s) == value(1.5));              // float 32
    CHECK(error_of(event_with("\xd4\x05\0"s)) == "invalid payload"); // of no known type
}

TEST_CASE("a packet that is wrong is refused with what is wrong") {
    const auto event = [](const std::string& data) {
        return "\x83\xa4type\x02\xa3nsp\xa1/\xa4"s + "data" + data;
    };
    struct row {
        std::string bytes;
        std::string_view error;
    };
    const row table[] = {
        {"", "invalid payload"},
        {"\xc0", "invalid packet type"},
        {"\x80", "invalid packet type"},
        {"\x81\xa4type\x02", "invalid namespace"},
        {"\x82\xa4type\x05\xa3nsp\xa1/", "invalid packet type"},
        {"\x82\xa4type\xff\xa3nsp\xa1/", "invalid packet type"},
        {"\x82\xa4type\xa1\x30\xa3nsp\xa1/", "invalid packet type"},
        {"\x82\xa4type\0\xa3nsp\x01"s, "invalid namespace"},
        {"\x82\xa4type\x02\xa3nsp\xa1/", "invalid payload"},
        {"\x82\xa4type\x03\xa3nsp\xa1/", "invalid payload"},
        {event("\xc0"), "invalid payload"},
        {event("\x90"), "invalid payload"},
        {event("\x80"), "invalid payload"},
        {event("\x91\xc0"), "invalid payload"},
        {event("\x91\xa7"
               "connect"),
         "invalid payload"},
        {event("\x91\xad"
               "disconnecting"),
         "invalid payload"},
        {"\x83\xa4type\x01\xa3nsp\xa1/\xa4"
         "data\x90",
         "invalid payload"},
        {"\x83\xa4type\0\xa3nsp\xa1/\xa4"s + "data\x90", "invalid payload"},
        {"\x84\xa4type\x02\xa3nsp\xa1/\xa4"
         "data\x91\xa1"
         "a\xa2id\xff",
         "invalid packet id"},
        {"\x84\xa4type\x02\xa3nsp\xa1/\xa4"
         "data\x91\xa1"
         "a\xa2id\xa1x",
         "invalid packet id"},
        {event("\x91\xa1\xff"), "invalid payload"}, // no UTF-8
        {event("\x92\xa1"
               "a\x81\x01\x02"),
         "invalid payload"}, // a key that is no string
        {event("\x92\xa1"
               "a\x81\x90\x02"),
         "invalid payload"},
        {event("\x92\xa1"
               "a\x81\x80\x02"),
         "invalid payload"},
        {event("\x92\xa1"
               "a\xc1"),
         "invalid payload"},
    };
    for (const row& each : table) {
        const auto& [bytes, error] = each;
        CAPTURE(each.bytes);
        CHECK(error_of(bytes) == error);
    }
}

TEST_CASE("a packet that is cut, or followed by anything, is refused") {
    const std::string whole =
        encoded({.id = 1, .data = array{"a", 1.5, binary{"x"}, object{{"k", 300}}}});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK(error_of(whole.substr(0, size)) == "invalid payload");
    }
    CHECK(error_of(whole) == "");
    CHECK(error_of(whole + '\0') == "invalid payload");
    CHECK(error_of(whole + whole) == "invalid payload");
}

TEST_CASE("text is refused") {
    packet into;
    CHECK(msgpack_parser()->make_decoder()->add("2[\"a\"]", false, into).error ==
          "invalid payload");
}

TEST_CASE("sizes that are only announced cost nothing") {
    for (const std::string head :
         {"\xdd\xff\xff\xff\xff", "\xdf\xff\xff\xff\xff", "\xdb\xff\xff\xff\xff",
          "\xc6\xff\xff\xff\xff", "\xc9\xff\xff\xff\xff",
          "\xdd\xff\xff\xff\xff\xdd\xff\xff\xff\xff"}) {
        CAPTURE(head);
        CHECK(error_of(event_with(head)) == "invalid payload");
    }
}

TEST_CASE("limits hold for the packet's data, as with the default parser") {
    const auto deep = [](std::size_t depth) {
        return event_with(std::string(depth, '\x91') + '\x01');
    };
    CHECK(error_of(deep(2), {.max_depth = 3}) == "");
    CHECK(error_of(deep(3), {.max_depth = 3}) == "invalid payload");
    CHECK(error_of(deep(1'000'000)) == "invalid payload");
    CHECK(error_of("\x82\xa4type\0\xa3nsp\xa4/abc"s, {.max_namespace_length = 4}) == "");
    CHECK(error_of("\x82\xa4type\0\xa3nsp\xa4/abc"s, {.max_namespace_length = 3}) ==
          "namespace name too long");
    const auto wide = [](std::uint8_t width) {
        return event_with("\xdc\0"s + static_cast<char>(width) + std::string(width, '\x01'));
    };
    CHECK(error_of(wide(50), {.max_elements = 60}) == "");
    CHECK(error_of(wide(80), {.max_elements = 60}) == "invalid payload");
}

} // namespace
} // namespace sockeye::socketio
