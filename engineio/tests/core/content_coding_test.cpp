#include "codec/content_coding.hpp"

#include <doctest/doctest.h>

#include <brotli/decode.h>

using namespace sockeye::engineio;

namespace {

constexpr content_coding two[] = {content_coding::gzip, content_coding::deflate};
constexpr content_coding three[] = {content_coding::brotli, content_coding::gzip,
                                    content_coding::deflate};

void check(content_coding expected, std::initializer_list<std::string_view> headers,
           std::span<const content_coding> offered = two) {
    for (const auto header : headers) {
        CAPTURE(header);
        CHECK(choose_coding(header, offered) == expected);
    }
}

std::string decode_brotli(std::string_view encoded, std::size_t max) {
    std::string out(max + 1, '\0');
    std::size_t size = out.size();
    const auto result = BrotliDecoderDecompress(
        encoded.size(), reinterpret_cast<const std::uint8_t*>(encoded.data()), &size,
        reinterpret_cast<std::uint8_t*>(out.data()));
    REQUIRE(result == BROTLI_DECODER_RESULT_SUCCESS);
    out.resize(size);
    return out;
}

} // namespace

TEST_CASE("the client's first choice among equals is taken") {
    check(content_coding::gzip, {"gzip", "GZIP", "gzip, deflate", "gzip, deflate, br, zstd",
                                 "br,gzip", "gzip;q=0.5, deflate;q=0.5", " gzip ", ",,gzip"});
    check(content_coding::deflate, {"deflate", "deflate, gzip", "deflate;q=0.5, gzip;q=0.5"});
}

TEST_CASE("weights go before order") {
    check(content_coding::deflate,
          {"gzip;q=0.5, deflate", "gzip;q=0.5, deflate;q=0.51", "gzip;q=0.998,deflate;q=0.999",
           "gzip ; Q = 0.1 , deflate;q=1.0"});
    check(content_coding::gzip, {"deflate;q=0.9, gzip;q=1", "deflate;q=0.1, gzip;x=y;q=0.2"});
}

TEST_CASE("a star means gzip unless it is named") {
    check(content_coding::gzip, {"*", "br, *", "deflate;q=0, *", "deflate;q=0.5, *"});
    check(content_coding::deflate, {"*, deflate", "gzip;q=0, *", "*;q=0, deflate"});
}

TEST_CASE("without a coding of ours the body stays as it is") {
    check(content_coding::identity, {"", "br", "identity", "gzip;q=0", "gzip;q=0.000, deflate;q=0",
                                     "*;q=0", "gzip;q=", "gzip;q=x", "gzip;q=-1", "xgzip", "gzipx",
                                     "gzip deflate", ",", ";q=1", "gzip;q=0.0001"});
}

TEST_CASE("a coding named twice counts by its higher weight and then by its last place") {
    check(content_coding::gzip,
          {"gzip;q=0, gzip", "gzip, gzip;q=0", "gzip;q=0.1, deflate;q=0.2, gzip"});
    check(content_coding::deflate,
          {"gzip, deflate, gzip", "gzip;q=0.5, deflate;q=0.5, GZIP;q=0.5"});
}

TEST_CASE("only what is offered is chosen") {
    check(content_coding::identity, {"br", "br;q=1"});
    check(content_coding::brotli, {"br", "BR", "gzip;q=0.9, br", "br, gzip, deflate"}, three);
    check(content_coding::gzip, {"gzip, deflate, br, zstd", "br;q=0, gzip", "gzip, *"}, three);
    check(content_coding::deflate, {"br;q=0.1, deflate;q=0.2"}, three);
    check(content_coding::identity, {"", "identity", "br;q=0", "*;q=0"}, three);
}

TEST_CASE("of codings that the client does not name, the one offered first is taken") {
    check(content_coding::brotli, {"*", "identity, *", "gzip;q=0.5, *"}, three);
    check(content_coding::gzip, {"br;q=0, *", "*, gzip"}, three);
}

TEST_CASE("brotli's decoder reads what is encoded") {
    std::string text = "const io = require('socket.io');\n";
    for (int doubled = 0; doubled < 12; ++doubled)
        text += text;
    CHECK(encode(content_coding::brotli, text).size() < text.size() / 100);
    for (const std::string& body : {text, std::string("x"), std::string()})
        CHECK(decode_brotli(encode(content_coding::brotli, body), body.size()) == body);
}
