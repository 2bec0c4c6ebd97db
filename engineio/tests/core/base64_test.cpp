#include "codec/base64.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

namespace sockeye::engineio {
namespace {

using namespace std::string_view_literals;

std::string encoded(std::string_view bytes) {
    std::string out;
    base64_encode(out, bytes);
    return out;
}

std::string url_encoded(std::string_view bytes) {
    std::string out;
    base64url_encode(out, bytes);
    return out;
}

std::string decoded(std::string_view text) {
    std::string out;
    base64_decode(out, text);
    return out;
}

struct vector {
    std::string_view bytes, text;
};

// RFC 4648 §10, and bytes that need every kind of character.
constexpr vector vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\x01\x02\x03\x04"sv, "AQIDBA=="},
    {"\x00\x00\x00"sv, "AAAA"},
    {"\xfb\xff\xbf"sv, "+/+/"},
    {"\xff\xff\xff\xff"sv, "/////w=="},
};

TEST_CASE("base64 encodes and decodes the published vectors") {
    for (const auto& each : vectors) {
        CAPTURE(each.text);
        CHECK(encoded(each.bytes) == each.text);
        CHECK(decoded(each.text) == each.bytes);
    }
}

TEST_CASE("base64 appends to what is there") {
    std::string out = "x";
    base64_encode(out, "f");
    CHECK(out == "xZg==");
    base64_decode(out, "Zg==");
    CHECK(out == "xZg==f");
}

TEST_CASE("the URL-safe form has no padding and none of + and /") {
    CHECK(url_encoded("\xfb\xff\xbf"sv) == "-_-_");
    CHECK(url_encoded("f") == "Zg");
    CHECK(url_encoded("fo") == "Zm8");
    CHECK(url_encoded("") == "");
}

TEST_CASE("decoding is as lenient as Node.js") {
    constexpr vector cases[] = {
        {"a", "YQ"},                    // no padding
        {"a", "YQ="},                   // too little padding
        {"ab", "YWI"},                  //
        {"", "Y"},                      // one character is six bits: no byte
        {"abc", "YWJjZ"},               //
        {"a", "YR=="},                  // stray bits in the last character
        {"a", " Y\r\nQ = ="},           // white space
        {"a", "Y!Q"},                   // no base64 character
        {"abcabc", "YWJj\xc3\xa9YWJj"}, // nor are these
        {"a", "YQ==YQ=="},              // the first '=' is the end
        {"", "=YQ"},                    //
        {"", "===="},                   //
        {"\xfb\xff\xbf", "-_-_"},       // the URL-safe alphabet
        {"\xfb\xff\xbf", "+_-/"},       // or a mixture
    };
    for (const auto& each : cases) {
        CAPTURE(each.text);
        CHECK(decoded(each.text) == each.bytes);
    }
}

TEST_CASE("a character to pass over may stand anywhere") {
    const std::string text = "Zm9vYmE=";
    for (std::size_t at = 0; at <= text.size(); ++at) {
        auto broken = text;
        broken.insert(at, "\n");
        CAPTURE(at);
        CHECK(decoded(broken) == "fooba");
    }
}

TEST_CASE("random bytes of every small length survive both forms") {
    std::mt19937 random(1);
    for (std::size_t size = 0; size < 70; ++size) {
        std::string bytes(size, '\0');
        for (auto& byte : bytes)
            byte = static_cast<char>(random());
        CHECK(decoded(encoded(bytes)) == bytes);
        CHECK(decoded(url_encoded(bytes)) == bytes);
    }
}

} // namespace
} // namespace sockeye::engineio
