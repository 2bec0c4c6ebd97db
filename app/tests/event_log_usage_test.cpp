// Usage totals.

#include "support/logged.hpp"

#include <doctest/doctest.h>

namespace sockeye::app {

TEST_CASE("event log: usage is added up for each user, month and counter") {
    over_each_database([](log_world& world) {
        std::atomic<std::int64_t> now = 1'767'225'599'999; // the last of 2025
        const auto log = world.open({.now = [&] { return milliseconds(now.load()); }});
        const auto other = world.open({.now = [&] { return milliseconds(now.load()); }});
        CHECK(wait(log->add_usage("ann", "minutes", 5)) == 5);
        CHECK(wait(other->add_usage("ann", "minutes", 7)) == 12);
        CHECK(wait(log->add_usage("ann", "events")) == 1);
        CHECK(wait(log->add_usage("bob", "minutes", 1'000'000'000'000)) == 1'000'000'000'000);
        ++now;
        CHECK(wait(log->add_usage("ann", "minutes")) == 1);
        CHECK(wait(log->usage("ann", "2025-12")) == usage_totals{{"events", 1}, {"minutes", 12}});
        CHECK(wait(log->usage("ann", "2026-01")) == usage_totals{{"minutes", 1}});
        CHECK(wait(log->usage("nobody", "2026-01")).empty());
    });
}

TEST_CASE("event log: totals that are added to at once are each told in their turn") {
    over_each_database([](log_world& world) {
        const auto log = world.open();
        std::vector<pending<std::int64_t>> answers;
        for (int i = 0; i < 200; ++i)
            answers.push_back(log->add_usage("ann", "events", 2));
        for (std::int64_t i = 1; i <= 200; ++i)
            CHECK(wait(answers[static_cast<std::size_t>(i - 1)]) == 2 * i);
    });
}

TEST_CASE("event log: a total that would overflow is refused, and spoils nothing beside it") {
    over_each_database([](log_world& world) {
        const auto log = world.open({.now = [] { return 0ms; }});
        wait(log->add_usage("ann", "c"));
        world.sql("UPDATE usage_totals SET total = 9223372036854775807");
        const auto before = log->append({.session_id = "s", .type = "t"});
        const auto refused = log->add_usage("ann", "c");
        const auto after = log->append({.session_id = "s", .type = "t"});
        CHECK(wait(before).sequence_number == 1);
        CHECK_THROWS_AS(wait(refused), socketio::operation_error);
        CHECK(wait(after).sequence_number == 2);
        CHECK(log->health().ready);
    });
}

} // namespace sockeye::app
