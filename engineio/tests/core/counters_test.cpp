#include <sockeye/engineio/counters.hpp>

#include <doctest/doctest.h>

#include <array>

namespace sockeye::engineio {
namespace {

TEST_CASE("a counter goes up and, as a gauge, down") {
    counter count;
    CHECK(count.value() == 0);
    count.add();
    count.add(5);
    count.sub(2);
    count.sub();
    CHECK(count.value() == 3);
}

TEST_CASE("totals are the sum over the shards, array elements included") {
    shard_counters first{}, second{};
    first.connections.add(2);
    first.reads_paused.add(3);
    first.request_errors[5].add(4);
    second.connections.add(10);
    second.closed_by[0].add(5);
    second.closed_by[close_reason_count - 1].add(6);
    counter_totals totals{};
    accumulate(totals, first);
    accumulate(totals, second);
    CHECK(totals.connections == 12);
    CHECK(totals.reads_paused == 3);
    CHECK(totals.request_errors == std::array<std::uint64_t, 6>{0, 0, 0, 0, 0, 4});
    CHECK(totals.closed_by == std::array<std::uint64_t, 6>{5, 0, 0, 0, 0, 6});
}

TEST_CASE("a gauge that one shard took down and another put up is right in the sum") {
    shard_counters first{}, second{};
    first.queued_bytes.add(7);
    second.queued_bytes.sub(3);
    counter_totals totals{};
    accumulate(totals, first);
    accumulate(totals, second);
    CHECK(totals.queued_bytes == 4);
}

} // namespace
} // namespace sockeye::engineio
