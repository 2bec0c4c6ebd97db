#include "codec/wire.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::adapter_redis {
namespace {

using namespace std::string_literals;

value read(const std::string& bytes) {
    value into;
    REQUIRE(parse_msgpack(bytes, into));
    return into;
}

bool is_refused(const std::string& bytes) {
    value into;
    return !parse_msgpack(bytes, into);
}

TEST_CASE("timestamps of all lengths become the text of a date") {
    CHECK(read("\xd6\xff\0\0\0\0"s) == value("1970-01-01T00:00:00.000Z"));
    CHECK(read("\xd6\xff\xff\xff\xff\xff"s) == value("2106-02-07T06:28:15.000Z"));
    CHECK(read("\xd7\xff\x1d\x53\x53\x00\x65\x53\xf1\x00"s) == value("2023-11-14T22:13:20.123Z"));
    CHECK(read("\xc7\x0c\xff\x1d\xcd\x65\0\xff\xff\xff\xff\xff\xff\xff\xfe"s) ==
          value("1969-12-31T23:59:58.500Z"));
}

TEST_CASE("years beyond four digits have six and a sign, as in JavaScript") {
    CHECK(read("\xd7\x00\x00\x00\xe6\x77\xd2\x1f\xdc\x00"s) ==
          value("+010000-01-01T00:00:00.000Z"));
    CHECK(read("\xd7\x00\x00\x1e\xb2\x08\xc2\xdc\x00\x00"s) ==
          value("+275760-09-13T00:00:00.000Z"));
    CHECK(read("\xd7\x00\xff\xe1\x4d\xf7\x3d\x24\x00\x00"s) ==
          value("-271821-04-20T00:00:00.000Z"));
}

TEST_CASE("a date beyond what JavaScript has is null") {
    CHECK(read("\xd7\x00\x00\x1e\xb2\x08\xc2\xdc\x00\x01"s).is_null());
    CHECK(read("\xd7\x00\x80\0\0\0\0\0\0\0"s).is_null());
    CHECK(read("\xc7\x0c\xff\0\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"s).is_null());
    CHECK(read("\xc7\x0c\xff\0\0\0\0\x80\0\0\0\0\0\0\0"s).is_null());
}

TEST_CASE("a timestamp of another length, or of too many nanoseconds, is refused") {
    CHECK(is_refused("\xd4\xff\0"s));
    CHECK(is_refused("\xc7\0\xff"s));
    CHECK(is_refused("\xd8\xff"s + std::string(16, '\0')));
    CHECK(is_refused("\xd7\xff\xff\xff\xff\xff\0\0\0\0"s));
    CHECK(is_refused("\xc7\x0c\xff\x3b\x9a\xca\x00\0\0\0\0\0\0\0\0"s));
}

TEST_CASE("other extensions are refused") {
    CHECK(is_refused("\xd4\x01\0"s));
    CHECK(is_refused("\xd6\xfe\0\0\0\0"s));
}

TEST_CASE("every length that MessagePack has for a number is read") {
    CHECK(read("\xca\x3f\xc0\0\0"s) == value(1.5));
    CHECK(read("\xcf\0\0\0\0\0\0\0\x01"s) == value(1));
    CHECK(read("\xd3\xff\xff\xff\xff\xff\xff\xff\xff"s) == value(-1));
    CHECK(read("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"s) == value(18446744073709551615u));
}

TEST_CASE("a message may be deeper than what clients may send, within limits") {
    CHECK_FALSE(is_refused(std::string(150, '\x91') + "\x01"));
    CHECK(is_refused(std::string(201, '\x91') + "\x01"));
    value into;
    CHECK(parse_json(std::string(150, '[') + std::string(150, ']'), into));
    CHECK_FALSE(parse_json(std::string(201, '[') + std::string(201, ']'), into));
}

TEST_CASE("what is announced but not there takes no memory") {
    CHECK(is_refused("\xdd\xff\xff\xff\xff"s));
    CHECK(is_refused("\xdf\xff\xff\xff\xff\xa1k"s));
    CHECK(is_refused("\xc6\xff\xff\xff\xff"s));
}

} // namespace
} // namespace sockeye::adapter_redis
