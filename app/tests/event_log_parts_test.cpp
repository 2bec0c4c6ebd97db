#include "event_log/batch_writer.hpp"
#include "event_log/migrations.hpp"
#include "event_log/postgres_array.hpp"
#include "event_log/queued_event_log.hpp"
#include "event_notes.hpp"
#include "support/scripted_database.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace sockeye::app {

using namespace std::chrono_literals;

namespace {

event_row event(std::string session, std::string data) {
    return {.session_id = std::move(session), .type = "t", .data = std::move(data)};
}

void await_time(std::chrono::steady_clock::time_point then) {
    while (std::chrono::steady_clock::now() < then)
        std::this_thread::yield();
}

/// A writer over a database that does what the test says.
struct written {
    explicit written(testing::event_notes& answers, event_log_options options = {},
                     milliseconds retry_delay = 1ms)
        : notes(answers), database(*new scripted_database),
          writer(std::unique_ptr<event_database>(&database),
                 prepared(std::move(options), retry_delay)) {}

    /// Appends, and notes the answer: "one ok", or "one: why not".
    void append(const std::string& data) {
        writer.write({.what = event("s", data), .answer = [this, data](auto error, const auto&) {
                          notes.add(data + (error.empty() ? " ok" : ": " + error));
                      }});
    }
    /// What is appended after this makes another batch, when the database is released.
    void hold_while_writing(const std::string& data) {
        database.hold();
        append(data);
        database.await_attempts(1);
    }
    static event_log_options prepared(event_log_options options, milliseconds retry_delay) {
        options.retry_delay = retry_delay;
        options.max_retry_delay = 5 * retry_delay;
        options.log = [](engineio::log_level, std::string_view) {};
        return with_defaults(std::move(options));
    }

    testing::event_notes& notes;
    scripted_database& database;
    batch_writer writer;
};

} // namespace

TEST_CASE("event log: a batch touches sessions and totals in an order that all instances share") {
    std::vector<any_row> rows{event("b", "1"), event("a", "2"), event("b", "3")};
    rows.emplace_back(usage_row{.user_id = "z", .month = "m", .counter = "c", .amount = 2});
    rows.emplace_back(usage_row{.user_id = "y", .month = "m", .counter = "c", .amount = 4});
    rows.emplace_back(usage_row{.user_id = "z", .month = "m", .counter = "c", .amount = 3});
    batch_plan plan;
    for (any_row& row : rows)
        plan.add(row);

    REQUIRE(plan.sessions.size() == 2);
    CHECK(plan.sessions.begin()->first == "a");
    plan.sessions.at("b").number_after(6);
    CHECK(std::get<event_row>(rows[0]).sequence_number == 7);
    CHECK(std::get<event_row>(rows[2]).sequence_number == 8);

    REQUIRE(plan.usage.size() == 2);
    CHECK(plan.usage.begin()->first.user_id == "y");
    const auto& used = plan.usage.at({"z", "m", "c"});
    CHECK(used.amount == 5);
    used.end_at(105);
    CHECK(std::get<usage_row>(rows[3]).total == 102);
    CHECK(std::get<usage_row>(rows[5]).total == 105);
}

TEST_CASE("event log: of a session's times the latest counts, of its metadata the last") {
    std::vector<any_row> rows{session_row{.session_id = "s", .metadata = "1", .timestamp = 9ms},
                              session_row{.session_id = "s", .metadata = "2", .timestamp = 5ms}};
    batch_plan plan;
    for (any_row& row : rows)
        plan.add(row);
    CHECK(plan.sessions.at("s").last_activity == 9ms);
    CHECK(*plan.sessions.at("s").metadata == "2");
}

TEST_CASE("event log: months are UTC's") {
    CHECK(month_of(0ms) == "1970-01");
    CHECK(month_of(milliseconds(1'767'225'599'999)) == "2025-12");
    CHECK(month_of(milliseconds(1'767'225'600'000)) == "2026-01");
}

TEST_CASE("event log: arrays are written as PostgreSQL reads them") {
    postgres_array mixed;
    mixed.add("a \"b\" \\ ,{}");
    mixed.add(std::int64_t{-5});
    mixed.add_null();
    mixed.add("");
    CHECK(mixed.take() == R"({"a \"b\" \\ ,{}",-5,NULL,""})");
    CHECK(postgres_array().take() == "{}");
}

TEST_CASE("event log: a database of a newer version is left alone") {
    constexpr const char* steps[] = {"one", "two"};
    CHECK(missing(steps, 0).size() == 2);
    CHECK(missing(steps, 1)[0] == steps[1]);
    CHECK(missing(steps, 2).empty());
    CHECK_THROWS_WITH(missing(steps, 3), "the event log's database is of version 3, this program "
                                         "only knows 2");
}

TEST_CASE("event log: what comes while a batch is written makes the next batch") {
    testing::event_notes notes;
    written to(notes);
    to.hold_while_writing("one");
    for (const char* data : {"two", "three", "four"})
        to.append(data);
    CHECK(to.writer.health().queued == 4);
    CHECK(notes.lines().empty());
    to.database.release();
    notes.await("four ok");
    CHECK(notes.lines() == std::vector<std::string>{"one ok", "two ok", "three ok", "four ok"});
    CHECK(to.database.batches() == std::vector<std::string>{"1: one", "2: two three four"});
    const auto health = to.writer.health();
    CHECK(health.appended == 4);
    CHECK(health.batches == 2);
    CHECK(health.queued == 0);
    CHECK(health.queued_bytes == 0);
}

TEST_CASE("event log: batches are bounded by number and by size") {
    testing::event_notes notes;
    written to(notes, {.max_batch = 2, .max_batch_bytes = 2000});
    to.hold_while_writing("one");
    const std::string large(3000, 'x');
    for (const auto& data : {std::string("two"), std::string("three"), large, std::string("four")})
        to.append(data);
    to.database.release();
    notes.await("four ok");
    CHECK(to.database.batches() ==
          std::vector<std::string>{"1: one", "2: two three", "3: " + large, "4: four"});
}

TEST_CASE("event log: what does not fit in the queue fails at once") {
    SUBCASE("by number") {
        testing::event_notes notes;
        written to(notes, {.max_queued = 2});
        to.database.hold();
        for (const char* data : {"one", "two", "three"})
            to.append(data);
        CHECK(notes.lines() == std::vector<std::string>{
                                   "three: too much is waiting to be written to the event log"});
        CHECK(to.writer.health().failed == 1);
        CHECK(to.writer.health().queued == 2);
        to.database.release();
        notes.await("two ok");
        to.append("four"); // there is room again
        notes.await("four ok");
    }
    SUBCASE("by size") {
        testing::event_notes notes;
        written to(notes, {.max_queued_bytes = 1000});
        to.append(std::string(1000, 'x'));
        CHECK(to.writer.health().failed == 1);
        to.append("small");
        notes.await("small ok");
    }
}

TEST_CASE("event log: a batch that met a database that was away is tried again under its number") {
    testing::event_notes notes;
    written to(notes);
    to.database.fail_next({"away", "away"});
    to.append("one");
    notes.await("one ok");
    CHECK(to.database.attempts() == std::vector<std::string>{"1: one", "1: one", "1: one"});
    CHECK(to.writer.health().ready);
    to.append("two");
    notes.await("two ok");
    CHECK(to.database.batches() == std::vector<std::string>{"1: one", "2: two"});
}

TEST_CASE("event log: what waits too long fails, and says whether it may have been written") {
    testing::event_notes notes;
    written to(notes, {.max_wait = 20ms});
    to.database.hold();
    to.database.fail_always("it is away");
    to.append("tried");
    to.database.await_attempts(1);
    to.append("waiting");
    await_time(std::chrono::steady_clock::now() + 20ms); // both have waited too long by then
    to.database.release();
    notes.await("tried: it is away; whether it was written is not known");
    notes.await("waiting: it is away; it was not written");
    CHECK_FALSE(to.writer.health().ready);
    CHECK(to.writer.health().failed == 2);
    CHECK(to.writer.health().queued == 0);
    to.database.fail_always("");
    to.append("later");
    notes.await("later ok");
    CHECK(to.writer.health().ready);
}

TEST_CASE("event log: a row that the database refuses fails alone") {
    testing::event_notes notes;
    written to(notes);
    to.hold_while_writing("zero");
    to.database.refuse("bad");
    for (const char* data : {"one", "two", "bad", "three", "four"})
        to.append(data);
    to.database.release();
    notes.await("four ok");
    CHECK(notes.lines() == std::vector<std::string>{"zero ok", "one ok", "two ok",
                                                    "bad: the event log does not take it: refused",
                                                    "three ok", "four ok"});
    CHECK(to.writer.health().ready);
    CHECK(to.writer.health().failed == 1);
}

TEST_CASE("event log: at its end it writes what waits") {
    testing::event_notes notes;
    {
        written to(notes);
        to.hold_while_writing("one");
        to.append("two");
        to.database.release();
    }
    CHECK(notes.lines() == std::vector<std::string>{"one ok", "two ok"});
}

TEST_CASE("event log: at its end it does not wait for a database that is away") {
    testing::event_notes notes;
    {
        written to(notes, {.max_wait = 1h}, 1h);
        to.database.fail_always("it is away");
        to.append("one");
        to.database.await_attempts(1);
    }
    CHECK(notes.lines() ==
          std::vector<std::string>{"one: it is away, and the event log has stopped"});
}

} // namespace sockeye::app
