#include "state/token_bucket.hpp"

#include <doctest/doctest.h>

namespace sockeye::engineio {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{5h};

unsigned taken(token_bucket& bucket, time_point now, unsigned wanted = 1000) {
    unsigned count = 0;
    while (count < wanted && bucket.take(now))
        ++count;
    return count;
}

TEST_CASE("a token bucket holds a second's worth, from the start and never more") {
    token_bucket bucket(10, start);
    CHECK(taken(bucket, start) == 10);
    CHECK(taken(bucket, start + 1h) == 10);
}

TEST_CASE("tokens come back evenly") {
    token_bucket bucket(10, start);
    taken(bucket, start);
    CHECK(taken(bucket, start + 99ms) == 0);
    CHECK(taken(bucket, start + 101ms) == 1);
    CHECK(taken(bucket, start + 501ms) == 4);
}

TEST_CASE("asking often does not make them come slower") {
    token_bucket bucket(10, start);
    taken(bucket, start);
    unsigned count = 0;
    for (auto now = start; now < start + 10'050ms; now += 1ms)
        count += taken(bucket, now);
    CHECK(count == 100);
}

TEST_CASE("a rate of 0 is no limit") {
    token_bucket bucket(0, start);
    CHECK(taken(bucket, start, 5000) == 5000);
}

} // namespace
} // namespace sockeye::engineio
