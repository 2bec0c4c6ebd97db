// The event log over each database. What happens when one breaks is in event_log_crash_test.cpp.

#include "support/log_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <random>
#include <set>

namespace sockeye::app {

namespace {

using socketio::array;
using socketio::object;
using socketio::value;

std::vector<std::uint64_t> numbers_of(const std::vector<logged_event>& events) {
    std::vector<std::uint64_t> numbers;
    for (const logged_event& event : events)
        numbers.push_back(event.sequence_number);
    return numbers;
}

std::vector<std::uint64_t> up_to(std::uint64_t last) {
    std::vector<std::uint64_t> all(last);
    std::iota(all.begin(), all.end(), 1);
    return all;
}

std::vector<std::string> ids_of(const std::vector<logged_session>& sessions) {
    std::vector<std::string> ids;
    for (const logged_session& session : sessions)
        ids.push_back(session.session_id);
    return ids;
}

using all_events = std::vector<logged_event>;

all_events read_all(event_log& log, const std::string& session_id) {
    const auto gather = [](all_events all, const logged_event& event) {
        all.push_back(event);
        return all;
    };
    return wait(replay(log, session_id, all_events(), gather));
}

/// Appends so many and waits for the last answer; each is `{"by": by, "n": 0…}`.
void append_many(event_log& log, const std::string& session_id, const std::string& by,
                 std::size_t count) {
    std::vector<pending<logged_event>> answers;
    for (std::size_t n = 0; n < count; ++n)
        answers.push_back(log.append(
            {.session_id = session_id, .type = "t", .data = object{{"by", by}, {"n", n}}}));
    for (const auto& answer : answers)
        wait(answer);
}

void start_at_once(log_world& world) {
    std::vector<std::thread> starting;
    std::atomic<unsigned> started = 0;
    for (int i = 0; i < 4; ++i)
        starting.emplace_back([&] {
            try {
                const auto log = world.open();
                started += wait(log->put_session("s", nullptr)) ? 1 : 0;
            } catch (const std::runtime_error& why) {
                MESSAGE(why.what());
            }
        });
    for (std::thread& each : starting)
        each.join();
    CHECK(started == 4);
    CHECK(world.sql("SELECT version FROM schema_version") == std::vector<std::string>{"1"});
}

} // namespace

TEST_CASE("event log: what is appended comes back as it is stored, numbered from 1") {
    over_each_database([](log_world& world) {
        const auto log = world.open({.now = [] { return 1'700'000'000'123ms; }});
        const logged_event first = wait(log->append(
            {.session_id = "s", .type = "move", .data = object{{"x", 1}}, .user_id = "ann"}));
        CHECK(first == logged_event{.session_id = "s",
                                    .sequence_number = 1,
                                    .type = "move",
                                    .data = object{{"x", 1}},
                                    .user_id = "ann",
                                    .timestamp = 1'700'000'000'123ms});
        const logged_event second = wait(log->append({.session_id = "s", .type = "stop"}));
        CHECK(second.sequence_number == 2);
        CHECK(second.data.is_null());
        CHECK(second.user_id.empty());
        CHECK(wait(log->append({.session_id = "other", .type = "move"})).sequence_number == 1);
        CHECK(wait(log->events("s")) == all_events{first, second});
        CHECK(wait(log->events("nobody's")).empty());
    });
}

TEST_CASE("event log: what it holds is there when it is opened again") {
    over_each_database([](log_world& world) {
        append_many(*world.open(), "s", "a", 3);
        const auto log = world.open();
        CHECK(wait(log->append({.session_id = "s", .type = "t"})).sequence_number == 4);
        CHECK(numbers_of(wait(log->events("s"))) == up_to(4));
    });
}

TEST_CASE("event log: without a file it is in memory, and each log has its own") {
    testing::manual_shards shards;
    const auto log = sqlite_event_log(shards);
    const auto other = sqlite_event_log(shards);
    append_many(*log, "s", "a", 500);
    CHECK(numbers_of(read_all(*log, "s")) == up_to(500));
    CHECK(wait(other->events("s")).empty());
}

TEST_CASE("event log: events are read from a number on, so many at a time") {
    over_each_database([](log_world& world) {
        const auto log = world.open();
        append_many(*log, "s", "a", 5);
        CHECK(numbers_of(wait(log->events("s", 3))) == std::vector<std::uint64_t>{4, 5});
        CHECK(numbers_of(wait(log->events("s", 1, 2))) == std::vector<std::uint64_t>{2, 3});
        CHECK(numbers_of(wait(log->events("s", 0, 0))) == up_to(1));
        CHECK(wait(log->events("s", 5)).empty());
    });
}

TEST_CASE("event log: what is read at once is bounded in bytes, but for one event") {
    over_each_database([](log_world& world) {
        const auto log = world.open({.max_page_bytes = 1000});
        for (const std::size_t size : {400, 400, 400, 5000, 10})
            wait(log->append({.session_id = "s", .type = "t", .data = std::string(size, 'x')}));
        CHECK(numbers_of(wait(log->events("s"))) == up_to(3));
        CHECK(numbers_of(wait(log->events("s", 3))) == std::vector<std::uint64_t>{4});
        CHECK(numbers_of(read_all(*log, "s")) == up_to(5));
    });
}

TEST_CASE("event log: data of every kind comes back as JSON has it") {
    over_each_database([](log_world& world) {
        const auto log = world.open();
        const value data = object{{"zero", std::string("a\0b", 3)},
                                  {"quotes", "\"{\\,}'; DROP TABLE events; --"},
                                  {"text", "\u00e9 \U0001f41f"},
                                  {"numbers", array{-1, 0.5, 9'007'199'254'740'993, ~0ULL}},
                                  {"none", nullptr},
                                  {"binary", socketio::binary{"\x01\x02"}},
                                  {"b", 1},
                                  {"a", 2}};
        value expected = data;
        expected["binary"] = object{{"type", "Buffer"}, {"data", array{1, 2}}};
        CHECK(wait(log->append({.session_id = "s", .type = "t", .data = data})).data == expected);
        CHECK(wait(log->events("s"))[0].data == expected);
    });
}

TEST_CASE("event log: names that no database could keep are refused") {
    over_each_database([](log_world& world) {
        const auto log = world.open();
        for (const std::string& bad : {std::string(), std::string(129, 'x'), std::string("a\0b", 3),
                                       std::string("a\nb"), std::string("\xff")}) {
            CHECK_THROWS_WITH(wait(log->append({.session_id = bad, .type = "t"})),
                              "expected as session id 1 to 128 bytes without control characters");
            CHECK_THROWS_AS(wait(log->append({.session_id = "s", .type = bad})), service_error);
            CHECK_THROWS_AS(wait(log->events(bad)), service_error);
            CHECK_THROWS_AS(wait(log->put_session(bad, nullptr)), service_error);
            CHECK_THROWS_AS(wait(log->add_usage("u", bad)), service_error);
            CHECK_THROWS_AS(wait(log->usage(bad, "2026-01")), service_error);
        }
        CHECK_THROWS_AS(wait(log->append({.session_id = "s", .type = "t", .user_id = "\xff"})),
                        service_error);
        CHECK(wait(log->events("s")).empty());
    });
}

TEST_CASE("event log: what is too large is refused") {
    over_each_database([](log_world& world) {
        const auto log = world.open({.max_event_bytes = 10, .max_metadata_bytes = 10});
        CHECK(wait(log->append({.session_id = "s", .type = "t", .data = "12345678"})).data ==
              value("12345678"));
        CHECK_THROWS_WITH(wait(log->append({.session_id = "s", .type = "t", .data = "123456789"})),
                          "event data of more than 10 bytes");
        CHECK_THROWS_WITH(
            wait(
                log->append({.session_id = "s", .type = "t", .data = "1234", .max_data_bytes = 5})),
            "event data of more than 5 bytes");
        CHECK(wait(log->events("s")).size() == 1);
        CHECK_THROWS_WITH(wait(log->put_session("s", "123456789")),
                          "metadata of more than 10 bytes");
        CHECK_THROWS_WITH(wait(log->add_usage("u", "c", -1)), "expected as amount 0 to 10^12");
        CHECK_THROWS_AS(wait(log->add_usage("u", "c", 1'000'000'000'001)), service_error);
    });
}

TEST_CASE("event log: what one thread appends is numbered in that order") {
    over_each_database([](log_world& world) {
        const auto log = world.open({.max_batch = 7});
        append_many(*log, "s", "a", 100);
        const auto all = read_all(*log, "s");
        for (std::size_t n = 0; n < all.size(); ++n)
            CHECK(all[n].data.find("n")->as_uint64() == n);
    });
}

TEST_CASE("event log: instances that append to one session leave no gap and take no number twice") {
    over_each_database([](log_world& world) {
        constexpr std::size_t each = 5000;
        const auto one = world.open({.max_batch = 50});
        const auto two = world.open({.max_batch = 50});
        std::thread other([&] { append_many(*two, "s", "two", each); });
        append_many(*one, "s", "one", each);
        other.join();
        const auto all = read_all(*one, "s");
        CHECK(numbers_of(all) == up_to(2 * each));
        std::map<std::string, std::size_t> next;
        bool in_order = true;
        for (const logged_event& event : all)
            in_order &=
                event.data.find("n")->as_uint64() == next[event.data.find("by")->as_string()]++;
        CHECK(in_order);
        CHECK(next == std::map<std::string, std::size_t>{{"one", each}, {"two", each}});
        CHECK(read_all(*two, "s") == all);
    });
}

TEST_CASE("event log: instances may start on an empty database at once") {
    over_each_database(start_at_once);
}

TEST_CASE("event log: instances may start on a new file at once, wherever they meet") {
    for (int round = 0; round < 50; ++round)
        start_at_once(*make_sqlite_world());
}

TEST_CASE("event log: replay gives the fold of a session's own events, however they came in") {
    over_each_database([](log_world& world) {
        constexpr std::size_t sessions = 5;
        constexpr std::size_t events = 40;
        const auto fold = [](std::string state, const logged_event& event) {
            return state + event.type + event.data.as_string() + ";";
        };
        std::mt19937 random(7);
        for (int round = 0; round < 8; ++round) {
            // Two instances, batches of any size, pages of any size.
            const auto option = [&] {
                return event_log_options{.max_batch = 1 + random() % 20,
                                         .max_page_bytes = 1 + random() % 300};
            };
            const auto a = world.open(option());
            const auto b = world.open(option());
            std::vector<std::string> expected(sessions);
            std::vector<std::size_t> turns; // an interleaving
            for (std::size_t i = 0; i < sessions * events; ++i)
                turns.push_back(i % sessions);
            std::ranges::shuffle(turns, random);
            std::vector<pending<logged_event>> answers;
            for (const std::size_t session : turns) {
                const new_event next{.session_id =
                                         std::to_string(round) + ":" + std::to_string(session),
                                     .type = std::string(1, static_cast<char>('a' + random() % 3)),
                                     .data = std::to_string(random() % 1000)};
                expected[session] += next.type + next.data.as_string() + ";";
                answers.push_back((session % 2 == 0 ? a : b)->append(next));
            }
            for (const auto& answer : answers)
                wait(answer);
            for (std::size_t session = 0; session < sessions; ++session) {
                const std::string id = std::to_string(round) + ":" + std::to_string(session);
                CHECK(wait(replay(*a, id, std::string(), fold)) == expected[session]);
                CHECK(wait(replay(*b, id, std::string(), fold)) == expected[session]);
            }
        }
    });
}

TEST_CASE("event log: without a fold, replay gives the last data of each type") {
    over_each_database([](log_world& world) {
        const auto log = world.open();
        for (const auto& [type, data] : {std::pair{"tempo", 90}, {"key", 3}, {"tempo", 120}})
            wait(log->append({.session_id = "s", .type = type, .data = data}));
        CHECK(wait(replay(*log, "s")) == latest_data{{"key", 3}, {"tempo", 120}});
        CHECK(wait(replay(*log, "nobody's")).empty());
    });
}

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

TEST_CASE("event log: a transcript is the session in lines of JSON") {
    over_each_database([](log_world& world) {
        const auto log = world.open({.max_page_bytes = 1, .now = [] { return 5ms; }});
        wait(log->append({.session_id = "s", .type = "say", .data = "a\"b", .user_id = "ann"}));
        wait(log->append({.session_id = "s", .type = "end"}));
        std::string lines;
        const auto written =
            wait(export_transcript(*log, "s", [&lines](std::string_view some) { lines += some; }));
        CHECK(written.events == 2);
        CHECK(written.last == 2);
        CHECK(written.complete);
        CHECK(lines ==
              R"({"session_id":"s","sequence_number":1,"event_type":"say","event_data":"a\"b",)"
              R"("user_id":"ann","timestamp":5})"
              "\n"
              R"({"session_id":"s","sequence_number":2,"event_type":"end","event_data":null,)"
              R"("user_id":null,"timestamp":5})"
              "\n");
    });
}

TEST_CASE("event log: a transcript may begin after a number, and ends once it is long enough") {
    over_each_database([](log_world& world) {
        const auto log = world.open({.max_page_bytes = 1});
        append_many(*log, "s", "a", 5);
        std::string lines;
        const auto add = [&lines](std::string_view some) { lines += some; };
        const auto whole = wait(export_transcript(*log, "s", add, 1));
        CHECK(whole.events == 4);
        CHECK(whole.complete);
        const std::size_t line = lines.size() / 4;
        const auto part = wait(export_transcript(*log, "s", add, 1, line + 1));
        CHECK(part.events == 2);
        CHECK(part.last == 3);
        CHECK_FALSE(part.complete);
        const auto none = wait(export_transcript(*log, "s", add, 5));
        CHECK(none.events == 0);
        CHECK(none.last == 5);
        CHECK(none.complete);
    });
}

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

TEST_CASE("event log: a file that cannot be used is told at once") {
    testing::manual_shards shards;
    CHECK_THROWS_WITH(sqlite_event_log(shards, {.file = "/nowhere/at/all"}),
                      "the event log's file /nowhere/at/all: unable to open database file");
    const testing::temporary_folder folder;
    const std::string path = folder.write("text", std::string(5000, 'x'));
    CHECK_THROWS_AS(sqlite_event_log(shards, {.file = path}), std::runtime_error);
}

TEST_CASE("event log: once it is closed everything fails at once, and what waited is there") {
    over_each_database([](log_world& world) {
        const auto log = world.open();
        std::vector<pending<logged_event>> answers;
        for (int i = 0; i < 100; ++i)
            answers.push_back(log->append({.session_id = "s", .type = "t"}));
        log->close();
        for (const auto& answer : answers)
            CHECK_NOTHROW(wait(answer));
        CHECK_THROWS_AS(wait(log->append({.session_id = "s", .type = "t"})),
                        socketio::operation_error);
        CHECK_THROWS_AS(wait(log->events("s")), socketio::operation_error);
        CHECK(numbers_of(wait(world.open()->events("s"))) == up_to(100));
    });
}

TEST_CASE("event log: one in memory takes so much and no more, and goes on answering") {
    testing::manual_shards shards;
    const auto log = sqlite_event_log(shards, {.max_bytes = 1'000'000}, {});
    const std::string large(100'000, 'x');
    std::uint64_t last = 0;
    std::string refusal;
    while (refusal.empty() && last < 100) {
        try {
            last =
                wait(log->append({.session_id = "s", .type = "t", .data = large})).sequence_number;
        } catch (const socketio::operation_error& full) {
            refusal = full.what();
        }
    }
    CHECK(refusal == "the event log does not take it: it has reached its size limit");
    CHECK(last >= 5);
    CHECK(last < 10);
    CHECK(log->health().ready);
    CHECK(wait(log->events("s")).size() == last);
    CHECK(wait(log->remove_inactive(std::chrono::hours(1'000'000))) == 1);
    CHECK(wait(log->append({.session_id = "s", .type = "t", .data = large})).sequence_number == 1);
}

} // namespace sockeye::app
