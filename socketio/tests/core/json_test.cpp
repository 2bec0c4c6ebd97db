#include "codec/json.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace sockeye::socketio {
namespace {

using namespace std::string_view_literals;

std::string written(const value& from) {
    std::string out = "before ";
    append_json(out, from);
    CHECK(out.starts_with("before "));
    return out.substr(7);
}

value parsed(std::string_view text) {
    value into = "not parsed";
    CHECK(parse_json(text, {}, into));
    return into;
}

bool refused(std::string_view text, const parser_limits& limits = {}) {
    value into = "untouched";
    return !parse_json(text, limits, into) && into == value("untouched");
}

TEST_CASE("each kind of value is written and read back") {
    struct row {
        value val;
        std::string_view text;
    };
    const row table[] = {
        {nullptr, "null"},
        {true, "true"},
        {false, "false"},
        {0, "0"},
        {-7, "-7"},
        {std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
        {std::numeric_limits<std::int64_t>::max(), "9223372036854775807"},
        {std::numeric_limits<std::uint64_t>::max(), "18446744073709551615"},
        {"", "\"\""},
        {"text", "\"text\""},
        {array{}, "[]"},
        {array{1, "two", nullptr}, "[1,\"two\",null]"},
        {object{}, "{}"},
        {object{{"b", 1}, {"a", array{value(object{})}}}, "{\"b\":1,\"a\":[{}]}"},
        {array{value(array{value(array{1})}), 2}, "[[[1]],2]"},
    };
    for (const row& each : table) {
        const auto& [val, text] = each;
        CAPTURE(each.text);
        CHECK(written(val) == text);
        const value back = parsed(text);
        CHECK(back == val);
        CHECK(back.kind() == val.kind());
    }
}

TEST_CASE("doubles are written as JavaScript writes numbers") {
    struct row {
        double number;
        std::string_view text;
    };
    const row table[] = {
        {0.0, "0"},
        {-0.0, "0"},
        {1.0, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {123456789.125, "123456789.125"},
        {100, "100"},
        {1e20, "100000000000000000000"},
        {123456789012345680000.0, "123456789012345680000"},
        {1e21, "1e+21"},
        {1.5e300, "1.5e+300"},
        {-1.25e-7, "-1.25e-7"},
        {0.000001, "0.000001"},
        {0.00000123, "0.00000123"},
        {1e-7, "1e-7"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {9007199254740993.0, "9007199254740992"},
        {std::numeric_limits<double>::infinity(), "null"},
        {-std::numeric_limits<double>::infinity(), "null"},
        {std::numeric_limits<double>::quiet_NaN(), "null"},
    };
    for (const auto& [number, text] : table) {
        CHECK(written(number) == text);
    }
}

TEST_CASE("numbers are read exactly") {
    CHECK(parsed("1.0").kind() == value_kind::number);
    CHECK(parsed("1e2") == value(100));
    CHECK(parsed("-0") == value(0));
    CHECK(parsed("18446744073709551616") == value(18446744073709551616.0));
    CHECK(parsed("0.30000000000000004") == value(0.1 + 0.2));
    CHECK(parsed("2.2250738585072011e-308") == value(2.2250738585072011e-308));
    CHECK(parsed("1.7976931348623157e308") == value(1.7976931348623157e308));
    CHECK(parsed("5e-324") == value(5e-324));
    CHECK(parsed("-0.0").kind() == value_kind::number);
}

TEST_CASE("numbers beyond the range of a double are refused") {
    for (const std::string_view text :
         {"1e309", "-1e400", "1999048928559553e+297", "1e999999999999", "1e-400"}) {
        CAPTURE(text);
        CHECK(refused(text));
    }
    CHECK(refused(std::string(400, '9')));
}

TEST_CASE("quotes, backslashes and control characters are escaped, and nothing else is") {
    CHECK(written("\"\\/") == R"("\"\\/")");
    CHECK(written("\b\f\n\r\t") == R"("\b\f\n\r\t")");
    CHECK(written("\x00\x01\x1f"sv) == R"("\u0000\u0001\u001f")");
    CHECK(written("\x7f\u2028\u2029\u20ac\U0001f600") == "\"\x7f\u2028\u2029\u20ac\U0001f600\"");
    CHECK(written(object{{"a\"b", 1}}) == R"({"a\"b":1})");
}

TEST_CASE("a character is escaped wherever it stands") { // strings are scanned eight at a time
    for (std::size_t before = 0; before < 20; ++before) {
        for (std::size_t after = 0; after < 20; ++after) {
            const std::string a(before, 'a');
            const std::string z(after, 'z');
            CHECK(written(a + '"' + z) == '"' + a + "\\\"" + z + '"');
            CHECK(written(a + '\\' + z) == '"' + a + "\\\\" + z + '"');
            CHECK(written(a + '\x1f' + z) == '"' + a + "\\u001f" + z + '"');
            CHECK(written(a + '\xff' + z) == '"' + a + "\ufffd" + z + '"');
            CHECK(written(a + "\u20ac" + z) == '"' + a + "\u20ac" + z + '"');
        }
    }
}

TEST_CASE("what is no UTF-8 becomes U+FFFD, as JavaScript's decoders do") {
    CHECK(written("\xc0\x80") == "\"\ufffd\ufffd\"");
    CHECK(written("\xed\xa0\x80") == "\"\ufffd\ufffd\ufffd\"");
    CHECK(written("\xe2\x82") == "\"\ufffd\"");   // cut: one
    CHECK(written("\xe2\x82x") == "\"\ufffdx\""); // what follows is kept
    CHECK(written("\xf0\x9f\x98\"") == "\"\ufffd\\\"\"");
    CHECK(written("\xf4\x90\x80\x80") == "\"\ufffd\ufffd\ufffd\ufffd\"");
    CHECK(written("\x80") == "\"\ufffd\"");
}

TEST_CASE("escapes are read, and half a surrogate pair is U+FFFD") {
    CHECK(parsed(R"("\u0041\n\/\"\\")") == value("A\n/\"\\"));
    CHECK(parsed(R"("\ud83d\ude00")") == value("\U0001f600"));
    CHECK(parsed(R"("\uD83D\uDE00")") == value("\U0001f600"));
    CHECK(parsed(R"("\ud83d")") == value("\ufffd"));
    CHECK(parsed(R"("\ude00x")") == value("\ufffdx"));
    CHECK(parsed(R"("\ud83d\ud83d\ude00")") == value("\ufffd\U0001f600"));
    CHECK(parsed(R"("\ud83d\u0041")") == value("\ufffdA"));
    CHECK(parsed(R"("\\ud83d")") == value("\\ud83d")); // an escaped backslash
    CHECK(parsed(R"({"\udfff":1})") == value(object{{"\ufffd", 1}}));
}

TEST_CASE("what JSON.parse refuses is refused") {
    for (const std::string_view text :
         {""sv,         " "sv,         "["sv,         "]"sv,         "[1,]"sv,
          "[,1]"sv,     "[1 2]"sv,     "{\"a\"}"sv,   "{\"a\":}"sv,  "{\"a\":1,}"sv,
          "{a:1}"sv,    "{1:1}"sv,     "'a'"sv,       "\"a"sv,       "\"\n\""sv,
          "\"\\x\""sv,  "\"\\u12\""sv, "\"\\ud8\""sv, "nul"sv,       "NaN"sv,
          "Infinity"sv, "+1"sv,        "-"sv,         "01"sv,        "1."sv,
          ".5"sv,       "1e"sv,        "[1]x"sv,      "[1][1]"sv,    "[1]\0"sv,
          "[1]\0x"sv,   "\0"sv,        "/**/1"sv,     "undefined"sv, "\xef\xbb\xbf[]"sv,
          "[[]"sv,      "[}"sv}) {
        CAPTURE(text);
        CHECK(refused(text));
    }
}

TEST_CASE("a control character is refused wherever it stands") { // texts are scanned in strides
    for (char control = 0; control < 0x20; ++control)
        for (std::size_t at = 0; at < 40; ++at) {
            CAPTURE(int(control));
            CAPTURE(at);
            std::string text(40, 'x');
            text[at] = control;
            value read;
            CHECK_FALSE(parse_json('"' + text + '"', {}, read));
        }
    value read;
    CHECK(parse_json(" \t\r\n[1, \t\r\n2] \t\r\n", {}, read));
}

TEST_CASE("every beginning of a text is refused") {
    const std::string_view text = R"({"a":[1,-2.5e3,"\u00e9\ud83d\ude00",true,false,null,{}]})";
    for (std::size_t size = 0; size < text.size(); ++size) {
        CAPTURE(size);
        CHECK(refused(text.substr(0, size)));
    }
    CHECK(parsed(text).is_object());
    CHECK(parsed(" \t\r\n" + std::string(text) + " \t\r\n") == parsed(text));
}

TEST_CASE("a repeated key keeps its first place and takes the last value, when read") {
    CHECK(written(parsed(R"({"a":1,"b":2,"a":3})")) == R"({"a":3,"b":2})");
    CHECK(written(parsed(R"({"__proto__":1})")) == R"({"__proto__":1})");
}

TEST_CASE("a repeated key is refused, at any depth, where it is not allowed") {
    const parser_limits strict{.repeated_keys = false};
    value read;
    CHECK(parse_json(R"({"a":{"b":1},"b":[{"b":2}]})", strict, read));
    CHECK_FALSE(parse_json(R"({"a":1,"b":2,"a":1})", strict, read));
    CHECK_FALSE(parse_json(R"({"a":[{"b":1,"\u0062":2}]})", strict, read));
}

TEST_CASE("arrays and objects nest as deep as is allowed and no deeper") {
    const parser_limits limits{.max_depth = 3};
    value into;
    CHECK(parse_json("[[[1]]]", limits, into));
    CHECK(parse_json(R"({"a":{"b":{"c":1}}})", limits, into));
    CHECK(parse_json("[[[1]],[[1]]]", limits, into));
    CHECK(refused("[[[[]]]]", limits));
    CHECK(refused(R"({"a":{"b":{"c":{}}}})", limits));
}

TEST_CASE("there are as many values and keys as is allowed and no more") {
    const parser_limits limits{.max_elements = 4};
    value into;
    CHECK(parse_json("[1,2,3]", limits, into));
    CHECK(parse_json(R"([{"a":1}])", limits, into));
    CHECK(refused("[1,2,3,4]", limits));
    CHECK(refused("[[],[],[],[]]", limits));
    CHECK(refused(R"([{"a":1},2])", limits));
}

TEST_CASE("no depth overflows the stack") {
    const std::string brackets(2'000'000, '[');
    CHECK(refused(brackets));
    const parser_limits none{.max_depth = 1'000'000, .max_elements = 1'000'000};
    value into;
    const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
    CHECK(parse_json(deep, none, into));
    CHECK(written(into) == deep);
}

TEST_CASE("binary within JSON is written as Node writes a Buffer") {
    CHECK(written(binary{"\x01\xff"}) == R"({"type":"Buffer","data":[1,255]})");
    CHECK(written(array{binary{}, 1}) == R"([{"type":"Buffer","data":[]},1])");
}

TEST_CASE("placeholders are numbered in the order of the text") {
    const value data = array{binary{"a"}, value(object{{"x", binary{"b"}}, {"y", 1}}),
                             value(array{value(array{binary{"c"}})}), binary{"a"}};
    std::string out;
    std::vector<const binary*> attachments;
    append_json(out, data, attachments);
    CHECK(out == R"([{"_placeholder":true,"num":0},{"x":{"_placeholder":true,"num":1},"y":1},)"
                 R"([[{"_placeholder":true,"num":2}]],{"_placeholder":true,"num":3}])");
    std::string all;
    for (const binary* each : attachments)
        all += each->bytes;
    CHECK(all == "abca");
}

} // namespace
} // namespace sockeye::socketio
