#include "codec/content_coding.hpp"

#include <doctest/doctest.h>

using namespace sockeye::engineio;

namespace {

void check(content_coding expected, std::initializer_list<std::string_view> headers) {
    for (const auto header : headers) {
        CAPTURE(header);
        CHECK(choose_coding(header) == expected);
    }
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
