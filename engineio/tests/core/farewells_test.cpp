#include "state/farewells.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::engineio {
namespace {

using namespace std::chrono_literals;

const time_point start = time_point() + 1h;

TEST_CASE("a farewell is said once, to the client that is expected") {
    farewells expected;
    expected.expect("ann", protocol::v4, start);
    CHECK_FALSE(expected.take("bob", protocol::v4, start, start));
    CHECK_FALSE(expected.take("ann", protocol::v3, start, start));
    CHECK(expected.take("ann", protocol::v4, start, start + 99ms));
    CHECK_FALSE(expected.take("ann", protocol::v4, start, start + 99ms));
}

TEST_CASE("who comes too late gets none") {
    farewells expected;
    expected.expect("ann", protocol::v4, start);
    CHECK_FALSE(expected.take("ann", protocol::v4, start, start + 100ms));
    CHECK(expected.size() == 0);
}

TEST_CASE("a request that came after the end is not the one that was overtaken") {
    farewells expected;
    expected.expect("ann", protocol::v4, start);
    CHECK_FALSE(expected.take("ann", protocol::v4, start + 1us, start + 1ms));
    CHECK(expected.take("ann", protocol::v4, start, start + 1ms));
}

TEST_CASE("clients that leave in masses are not all remembered") {
    farewells expected;
    for (int i = 0; i < 2000; ++i)
        expected.expect(std::to_string(i), protocol::v4, start);
    CHECK(expected.size() == 1024);
    CHECK(expected.take("1023", protocol::v4, start, start));
    CHECK_FALSE(expected.take("1024", protocol::v4, start, start));
    expected.expect("later", protocol::v4, start + 1s);
    CHECK(expected.size() == 1);
}

} // namespace
} // namespace sockeye::engineio
