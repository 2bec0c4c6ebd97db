#include "codec/jsonp.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace sockeye::engineio {
namespace {

using namespace std::string_view_literals;

TEST_CASE("a payload is wrapped in a call of the client's function") {
    CHECK(jsonp_wrap("7", "4hello") == R"(___eio[7]("4hello");)");
    CHECK(jsonp_wrap("12", "") == R"(___eio[12]("");)");
    CHECK(jsonp_wrap("", "6") == R"(___eio[]("6");)");
}

TEST_CASE("nothing but digits of the index gets into the script") {
    CHECK(jsonp_wrap("1];alert(2);x[3", "6") == R"(___eio[123]("6");)");
}

TEST_CASE("the payload is escaped as JSON.stringify does") {
    CHECK(jsonp_wrap("0", R"(42["a\b"])") == R"(___eio[0]("42[\"a\\b\"]");)");
    CHECK(jsonp_wrap("0", "\b\f\n\r\t") == R"(___eio[0]("\b\f\n\r\t");)");
    CHECK(jsonp_wrap("0", "6\x1e"
                          "1\x01\x1f"sv) == R"(___eio[0]("6\u001e1\u0001\u001f");)");
    CHECK(jsonp_wrap("0", "\x00\x7f/"sv) == "___eio[0](\"\\u0000\x7f/\");");
}

TEST_CASE("line separators are escaped and their neighbours are not") {
    CHECK(jsonp_wrap("0", "a\u2028b\u2029") == R"(___eio[0]("a\u2028b\u2029");)");
    CHECK(jsonp_wrap("0", "\u2027\u202a€😀") == "___eio[0](\"\u2027\u202a€😀\");");
    CHECK(jsonp_wrap("0", "\xe2\x80") == "___eio[0](\"\xe2\x80\");");
}

TEST_CASE("a posted form holds the payload in d") {
    CHECK(jsonp_body("d=4hello") == "4hello");
    CHECK(jsonp_body("d=") == "");
    CHECK(jsonp_body("x=1&d=4a&y") == "4a");
    CHECK(jsonp_body("d=a=b") == "a=b");
}

TEST_CASE("a form without exactly one d holds no payload") {
    for (const auto form :
         {""sv, "d"sv, "4hello"sv, "x=d=1"sv, "dd=1"sv, "D=1"sv, "&"sv, "d=1&d=2"sv, "&&&"sv}) {
        CAPTURE(form);
        CHECK_FALSE(jsonp_body(form));
    }
}

TEST_CASE("the form is URL-decoded") {
    CHECK(jsonp_body("d=42%5B%22a+b%22%5d") == R"(42["a b"])");
    CHECK(jsonp_body("d=4%E2%82%AC%F0%9F%98%80") == "4€😀");
    CHECK(jsonp_body("d=4%261%2B1%25") == "4&1+1%");
    CHECK(jsonp_body("d=6%1E1%00") == "6\x1e"
                                      "1\x00"sv);
}

TEST_CASE("a percent sign without two hex digits stands for itself") {
    CHECK(jsonp_body("d=%") == "%");
    CHECK(jsonp_body("d=%4") == "%4");
    CHECK(jsonp_body("d=%4g%g4%%34") == "%4g%g4%4");
}

TEST_CASE("an escape that is cut off is not looked for behind the body") {
    // No terminating zero behind it: the address sanitizer sees a look too far.
    for (const auto form : {"d=%"sv, "d=%4"sv, "d=\\"sv, "d="sv, "d"sv}) {
        const std::vector<char> exact(form.begin(), form.end());
        const auto body = jsonp_body({exact.data(), exact.size()});
        CHECK(body.value_or("") == form.substr(std::min<std::size_t>(2, form.size())));
    }
}

TEST_CASE("a written newline is a newline, an escaped one a written one") {
    CHECK(jsonp_body(R"(d=4a\nb)") == "4a\nb");
    CHECK(jsonp_body(R"(d=4a\\nb)") == R"(4a\nb)");
    CHECK(jsonp_body(R"(d=4a\\\nb)") == R"(4a\\nb)");
    CHECK(jsonp_body(R"(d=4a\\\\nb)") == R"(4a\\\nb)");
    CHECK(jsonp_body(R"(d=\n\n)") == "\n\n");
    CHECK(jsonp_body("d=%5Cn%5C%5Cn") == "\n\\n");
    CHECK(jsonp_body(R"(d=\t\)") == R"(\t\)");
}

} // namespace
} // namespace sockeye::engineio
