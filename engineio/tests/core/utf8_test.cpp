#include "codec/utf8.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace sockeye::engineio {
namespace {

using namespace std::string_view_literals;

// Each sequence is tried at every offset in a run of ASCII, so that it meets both the fast path
// and its edges.
bool valid_wherever_it_stands(std::string_view sequence) {
    for (std::size_t before = 0; before < 10; ++before) {
        for (std::size_t after = 0; after < 10; ++after) {
            const auto text =
                std::string(before, 'a') + std::string(sequence) + std::string(after, 'z');
            if (!is_valid_utf8(text)) return false;
        }
    }
    return true;
}

bool invalid_wherever_it_stands(std::string_view sequence) {
    for (std::size_t before = 0; before < 10; ++before) {
        for (std::size_t after = 0; after < 10; ++after) {
            const auto text =
                std::string(before, 'a') + std::string(sequence) + std::string(after, 'z');
            if (is_valid_utf8(text)) return false;
        }
    }
    return true;
}

TEST_CASE("the first and last character of each length are valid") {
    for (const auto text : {""sv, "\x00"sv, "\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv,
                            "\xef\xbf\xbf"sv, "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv}) {
        CAPTURE(text);
        CHECK(valid_wherever_it_stands(text));
    }
}

TEST_CASE("the neighbours of the surrogates and the noncharacters are valid") {
    for (const auto text : {"\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xef\xbf\xbe"sv, "\xef\xb7\x90"sv,
                            "\xf0\x9f\xbf\xbe"sv}) {
        CAPTURE(text);
        CHECK(valid_wherever_it_stands(text));
    }
}

TEST_CASE("surrogates, overlong forms and what is above U+10FFFF are invalid") {
    for (const auto text :
         {"\xed\xa0\x80"sv, "\xed\xbf\xbf"sv, "\xed\xa0\xbd\xed\xb8\x80"sv, "\xc0\x80"sv,
          "\xc1\xbf"sv, "\xe0\x80\x80"sv, "\xe0\x9f\xbf"sv, "\xf0\x80\x80\x80"sv,
          "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xfe"sv, "\xff"sv}) {
        CAPTURE(text);
        CHECK(invalid_wherever_it_stands(text));
    }
}

TEST_CASE("a tail without a lead and a lead without its tail are invalid") {
    for (const auto text : {"\x80"sv, "\xbf"sv, "\xc3"sv, "\xe2\x82"sv, "\xe2"sv, "\xf0\x9f\x98"sv,
                            "\xf0\x9f"sv, "\xf0"sv, "\xc3\xc3\xa9"sv, "\xe2\x82\xe2\x82\xac"sv,
                            "\xc3\xa9\xa9"sv, "\xf0\x9f\x98\xc3\xa9"sv}) {
        CAPTURE(text);
        CHECK(invalid_wherever_it_stands(text));
    }
}

TEST_CASE("every code point is valid exactly if it is no surrogate") {
    for (unsigned point = 0x800; point < 0x10000; ++point) {
        const char text[] = {static_cast<char>(0xe0 | (point >> 12)),
                             static_cast<char>(0x80 | ((point >> 6) & 63)),
                             static_cast<char>(0x80 | (point & 63))};
        const bool surrogate = 0xd800 <= point && point <= 0xdfff;
        REQUIRE(is_valid_utf8({text, 3}) == !surrogate);
    }
}

TEST_CASE("length is counted as JavaScript counts it") {
    CHECK(utf16_length("") == 0);
    CHECK(utf16_length("hello") == 5);
    CHECK(utf16_length("é") == 1);
    CHECK(utf16_length("€") == 1);
    CHECK(utf16_length("😀") == 2);
    CHECK(utf16_length("42[\"echo\",\"€\"]") == 14);
    CHECK(utf16_length("a€😀é") == 5);
}

TEST_CASE("a prefix is as many bytes as its units take") {
    constexpr auto text = "a€😀é and much plain text behind"sv;
    CHECK(utf16_prefix(text, 0) == 0);
    CHECK(utf16_prefix(text, 1) == 1);
    CHECK(utf16_prefix(text, 2) == 4);
    CHECK(utf16_prefix(text, 4) == 8);
    CHECK(utf16_prefix(text, 5) == 10);
    CHECK(utf16_prefix(text, 20) == 25);
    CHECK(utf16_prefix(text, utf16_length(text)) == text.size());
}

TEST_CASE("there is no prefix longer than the text or through a character") {
    CHECK(utf16_prefix("a😀", 2) == std::nullopt);
    CHECK(utf16_prefix("a😀", 3) == 5);
    CHECK(utf16_prefix("a😀", 4) == std::nullopt);
    CHECK(utf16_prefix("", 1) == std::nullopt);
    CHECK(utf16_prefix("sixteen letters!", 17) == std::nullopt);
    CHECK(utf16_prefix("a\xe2\x82", 2) == std::nullopt);
    CHECK(utf16_prefix("a", static_cast<std::size_t>(-1)) == std::nullopt);
}

} // namespace
} // namespace sockeye::engineio
