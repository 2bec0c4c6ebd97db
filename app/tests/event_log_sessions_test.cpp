// Sessions in the event log: which there are, and when they are removed.

#include "support/logged.hpp"

#include <doctest/doctest.h>

namespace sockeye::app {

using socketio::array;
using socketio::object;
using socketio::value;

namespace {

std::vector<std::string> ids_of(const std::vector<logged_session>& sessions) {
    std::vector<std::string> ids;
    for (const logged_session& session : sessions)
        ids.push_back(session.session_id);
    return ids;
}

} // namespace

TEST_CASE("event log: sessions are listed by their last activity, with what is known of them") {
    over_each_database([](log_world& world) {
        std::atomic<std::int64_t> now = 1000;
        const auto log = world.open({.now = [&] { return milliseconds(now.load()); }});
        const value metadata = object{{"title", "first"}};
        CHECK(wait(log->put_session("a", metadata)));
        now = 2000;
        wait(log->append({.session_id = "b", .type = "t"}));
        now = 3000;
        wait(log->append({.session_id = "a", .type = "t"}));
        const auto all = wait(log->active_sessions(0ms));
        REQUIRE(all.size() == 2);
        CHECK(all[0] == logged_session{"a", 1000ms, 3000ms, metadata});
        CHECK(all[1] == logged_session{"b", 2000ms, 2000ms, nullptr});
        CHECK(ids_of(wait(log->active_sessions(2001ms))) == std::vector<std::string>{"a"});
        CHECK(ids_of(wait(log->active_sessions(3000ms))) == std::vector<std::string>{"a"});
        CHECK(wait(log->active_sessions(3001ms)).empty());
        now = 500; // an instance whose clock is behind
        wait(log->put_session("a", "second"));
        CHECK(wait(log->active_sessions(0ms))[0] == logged_session{"a", 1000ms, 3000ms, "second"});
    });
}

TEST_CASE("event log: sessions without activity are removed with their events, others are not") {
    over_each_database([](log_world& world) {
        std::atomic<std::int64_t> now = 1000;
        const auto log = world.open({.now = [&] { return milliseconds(now.load()); }});
        for (int i = 0; i < 50; ++i)
            wait(log->append({.session_id = "old" + std::to_string(i), .type = "t"}));
        now = 2000;
        append_many(*log, "new", "a", 3);
        CHECK(wait(log->remove_inactive(2000ms)) == 50);
        CHECK(wait(log->remove_inactive(2000ms)) == 0);
        CHECK(wait(log->events("old7")).empty());
        CHECK(world.sql("SELECT count(*) FROM events") == std::vector<std::string>{"3"});
        CHECK(ids_of(wait(log->active_sessions(0ms))) == std::vector<std::string>{"new"});
        CHECK(wait(log->append({.session_id = "old7", .type = "t"})).sequence_number == 1);
    });
}

TEST_CASE("event log: what is older than it keeps is removed by itself") {
    over_each_database([](log_world& world) {
        const auto log = world.open(
            {.keep = 24h, .sweep_interval = 1h, .now = [&] { return world.shards.now(); }});
        wait(log->append({.session_id = "old", .type = "t"}));
        world.shards.pass(12h);
        wait(log->append({.session_id = "new", .type = "t"}));
        world.shards.pass(13h);
        while (!wait(log->events("old")).empty()) {
        }
        CHECK(wait(log->events("new")).size() == 1);
    });
}

} // namespace sockeye::app
