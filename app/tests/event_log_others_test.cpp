// Other programs at the event log's database.

#include "support/logged.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace sockeye::app {

using socketio::object;
using socketio::value;

TEST_CASE("event log: what others log in session_events is numbered with everything else") {
    over_each_database([](log_world& world) {
        const auto log = world.open();
        wait(log->append({.session_id = "s", .type = "ours"}));
        const std::string now = world.sql("SELECT max(timestamp) FROM events")[0];
        for (const char* session : {"s", "theirs"})
            world.sql("INSERT INTO session_events (session_id, event_type, event_data, timestamp) "
                      "VALUES ('" +
                      std::string(session) + "', 'other', '{\"x\":1}', '" + now + "')");
        wait(log->append({.session_id = "s", .type = "ours"}));
        const auto all = wait(log->events("s"));
        CHECK(numbers_of(all) == up_to(3));
        CHECK(all[1].type == "other");
        CHECK(all[1].data == value(object{{"x", 1}}));
        CHECK(all[1].timestamp == all[0].timestamp);
        CHECK(wait(log->events("theirs")).size() == 1);
        CHECK(wait(log->active_sessions(0ms)).size() == 2);
        CHECK(world.sql("SELECT count(*) FROM session_events") == std::vector<std::string>{"4"});
    });
}

TEST_CASE("event log: others may append by the highest number, without waiting for anybody") {
    over_each_database([](log_world& world) {
        const auto log = world.open({.max_batch = 1});
        wait(log->put_session("s", nullptr));
        std::thread ours([&] { append_many(*log, "s", "us", 200); });
        unsigned theirs = 0;
        for (int i = 0; i < 50; ++i) {
            try {
                world.sql("INSERT INTO events (session_id, event_type, event_data, timestamp, "
                          "sequence_number) SELECT 's', 'theirs', '1', CURRENT_TIMESTAMP, "
                          "coalesce(max(sequence_number) + 1, 1) FROM events "
                          "WHERE session_id = 's'");
                ++theirs;
            } catch (const std::runtime_error&) { // we were quicker: theirs to try again
            }
        }
        ours.join();
        CHECK(numbers_of(read_all(*log, "s")) == up_to(200 + theirs));
    });
}

TEST_CASE("event log: what is no JSON of ours is handed out as text") {
    testing::manual_shards shards;
    const auto world = make_sqlite_world();
    const auto log = world->open();
    wait(log->put_session("s", nullptr));
    world->sql("INSERT INTO events VALUES ('s', 1, 't', '{1e999', NULL, 0)");
    CHECK(wait(log->events("s"))[0].data == value("{1e999"));
}

TEST_CASE("event log: a database of a newer version is not touched") {
    over_each_database([](log_world& world) {
        wait(world.open()->put_session("s", nullptr));
        world.sql("INSERT INTO schema_version (version) VALUES (99)");
        std::string said;
        try {
            const auto log = world.open({.max_wait = 1ms});
            wait(log->append({.session_id = "s", .type = "t"}));
        } catch (const std::runtime_error& why) {
            said = why.what();
        }
        CHECK(said.starts_with("the event log's database is of version 99, this program only "
                               "knows 1"));
        CHECK(world.sql("SELECT count(*) FROM events") == std::vector<std::string>{"0"});
    });
}

} // namespace sockeye::app
