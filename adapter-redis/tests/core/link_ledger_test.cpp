#include "state/link_ledger.hpp"

#include <doctest/doctest.h>

namespace sockeye::adapter_redis {
namespace {

using namespace std::chrono_literals;

const reply refusal{.kind = reply_kind::error, .text = "OOM"};
const link_ledger::time_point start{};

} // namespace

TEST_CASE("link ledger: what is lost is counted by why") {
    link_ledger ledger;
    ledger.connect();
    ledger.drop();
    ledger.fail(3);
    CHECK_FALSE(ledger.settle(refusal, start).empty());
    CHECK(ledger.settle(unsent(), start).empty());
    const link_counters now = ledger.totals();
    CHECK(now.connects == 1);
    CHECK(now.dropped == 2);
    CHECK(now.failed == 3);
    CHECK(now.refused == 1);
}

TEST_CASE("link ledger: what was taken, or has been counted before, is not counted") {
    link_ledger ledger;
    CHECK(ledger.settle({.kind = reply_kind::integer, .integer = 1}, start).empty());
    CHECK(ledger.settle({.kind = reply_kind::missing, .text = "Redis is away"}, start).empty());
    CHECK(ledger.totals().refused == 0);
    CHECK(ledger.totals().dropped == 0);
}

TEST_CASE("link ledger: an episode of losses is reported once, and is over when it was quiet") {
    link_ledger ledger;
    auto now = start;
    CHECK(ledger.settle(refusal, now) == "redis: what is said is lost: OOM");
    for (int i = 0; i < 10; ++i)
        CHECK(ledger.settle(refusal, now += link_ledger::quiet).empty());
    now += link_ledger::quiet + 1ms;
    CHECK(ledger.settle(refusal, now) == "redis: what is said is lost: OOM");
}

} // namespace sockeye::adapter_redis
