// Events over each database. What happens when one breaks is in event_log_crash_test.cpp; more of
// the log: event_log_*_test.cpp.

#include "support/logged.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

namespace sockeye::app {

using socketio::array;
using socketio::object;
using socketio::value;

namespace {

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
