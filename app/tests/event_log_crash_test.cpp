// What was acknowledged is there, exactly once, whatever breaks.

#include "event_log/postgres_database.hpp"
#include "support/appending_instance.hpp"
#include "support/log_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <semaphore>
#include <set>

namespace sockeye::app {

namespace {

template<class Condition>
void await(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + 4 * testing::patience;
    while (!holds()) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        std::this_thread::yield();
    }
}

std::vector<logged_event> read_all(event_log& log) {
    const auto gather = [](std::vector<logged_event> all, const logged_event& event) {
        all.push_back(event);
        return all;
    };
    return wait(replay(log, "s", std::vector<logged_event>(), gather));
}

/// No gap, nothing twice, and all that was acknowledged under its number.
void check_log(event_log& log, const std::string& type, const acknowledged& expected) {
    acknowledged found;
    std::uint64_t last = 0;
    bool without_gap = true;
    bool once = true;
    for (const logged_event& event : read_all(log)) {
        without_gap &= event.sequence_number == ++last;
        if (event.type != type) continue;
        once &= found.emplace(event.data.as_uint64(), event.sequence_number).second;
    }
    CHECK(without_gap);
    CHECK(once);
    CHECK(std::ranges::includes(found, expected));
}

/// Appends 0, 1, 2, … to the session "s", on a thread of its own.
class steady_appending {
public:
    explicit steady_appending(event_log& to) : to_(to), thread_([this] { run(); }) {}
    ~steady_appending() {
        if (thread_.joinable()) end();
    }
    steady_appending(const steady_appending&) = delete;
    steady_appending& operator=(const steady_appending&) = delete;

    /// Until so many more are acknowledged.
    void await_more(std::size_t count) {
        const std::size_t enough = acknowledged_count() + count;
        await([&] { return acknowledged_count() >= enough; });
    }
    /// Waits for what is on the way. What was acknowledged.
    acknowledged end() {
        stop_ = true;
        thread_.join();
        for (int place = 0; place < places; ++place)
            free_places_.acquire();
        return acknowledged_;
    }
    [[nodiscard]] std::size_t failed() const { return failed_; }

private:
    static constexpr int places = 200;

    void run() {
        for (std::uint64_t n = 0; !stop_; ++n) {
            free_places_.acquire();
            to_.append({.session_id = "s", .type = "ours", .data = n})
                .then([this, n](socketio::outcome<logged_event> done) {
                    if (done)
                        note(n, done.result.sequence_number);
                    else
                        ++failed_;
                    free_places_.release();
                });
        }
    }
    void note(std::uint64_t n, std::uint64_t number) {
        const std::lock_guard lock(mutex_);
        acknowledged_[n] = number;
    }
    std::size_t acknowledged_count() {
        const std::lock_guard lock(mutex_);
        return acknowledged_.size();
    }

    event_log& to_;
    std::atomic<bool> stop_ = false;
    std::atomic<std::size_t> failed_ = 0;
    std::counting_semaphore<> free_places_{places};
    std::mutex mutex_;
    acknowledged acknowledged_;
    std::thread thread_;
};

struct postgres_crash {
    explicit postgres_crash(postgres_options where = {}, event_log_options options = {}) {
        where.url = world->address();
        options.log = [](engineio::log_level, std::string_view) {};
        log = postgres_event_log(world->shards, where, options);
        await([this] { return log->health().ready; });
    }

    const std::unique_ptr<log_world> world = make_postgres_world();
    postgres_server& server = shared_postgres();
    std::unique_ptr<event_log> log;
};

/// One batch with one event, for a database by hand.
struct single_batch {
    explicit single_batch(std::string data) {
        row = event_row{.session_id = "s", .type = "t", .data = std::move(data)};
        plan.add(row);
    }
    [[nodiscard]] std::uint64_t number() const { return std::get<event_row>(row).sequence_number; }

    any_row row;
    batch_plan plan;
};

} // namespace

TEST_CASE("event log: what an instance that is killed has acknowledged is there, exactly once") {
    over_each_database([](log_world& world) {
        const auto log = world.open();
        steady_appending ours(*log);
        appending_instance victim(world.address());
        victim.await_acknowledged(2000);
        const acknowledged theirs = victim.kill();
        ours.await_more(100); // nobody is held up by the dead
        const acknowledged mine = ours.end();
        check_log(*log, "child", theirs);
        check_log(*log, "ours", mine);
    });
}

TEST_CASE("event log: what was acknowledged when PostgreSQL is killed is there, exactly once") {
    postgres_crash at({}, {.max_wait = 120s});
    steady_appending ours(*at.log);
    for (int round = 0; round < 3; ++round) {
        ours.await_more(500);
        at.server.kill();
        await([&] { return !at.log->health().ready; });
        at.server.start();
    }
    ours.await_more(500);
    const acknowledged mine = ours.end();
    CHECK(ours.failed() == 0);
    CHECK(mine.rbegin()->first + 1 == mine.size());
    check_log(*at.log, "ours", mine);
    CHECK(read_all(*at.log).size() == mine.size());
}

TEST_CASE("event log: connections that break in the midst of batches lose and double nothing") {
    postgres_crash at({}, {.max_wait = 120s, .max_batch = 20});
    steady_appending ours(*at.log);
    for (int round = 0; round < 30; ++round) {
        ours.await_more(10);
        at.world->sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                      "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }
    const acknowledged mine = ours.end();
    CHECK(ours.failed() == 0);
    check_log(*at.log, "ours", mine);
    CHECK(read_all(*at.log).size() == mine.size());
}

TEST_CASE("event log: while PostgreSQL hangs appends fail in time, and work when it goes on") {
    postgres_crash at({.write_timeout = 100ms}, {.max_wait = 200ms});
    wait(at.log->append({.session_id = "s", .type = "ours", .data = 0}));
    at.server.pause();
    const auto hanging = at.log->append({.session_id = "s", .type = "ours", .data = 1});
    CHECK_THROWS_WITH(wait(hanging), "PostgreSQL is away: no answer in time; whether it was "
                                     "written is not known");
    CHECK_FALSE(at.log->health().ready);
    CHECK(at.log->health().queued == 0);
    at.server.resume();
    await([&] { return at.log->health().ready; });
    const auto last = wait(at.log->append({.session_id = "s", .type = "ours", .data = 2}));
    check_log(*at.log, "ours", {{0, 1}, {2, last.sequence_number}});
}

TEST_CASE("event log: while PostgreSQL is away questions fail at once, and work when it is back") {
    postgres_crash at;
    wait(at.log->append({.session_id = "s", .type = "ours", .data = 0}));
    CHECK(wait(at.log->events("s")).size() == 1);
    at.server.kill();
    CHECK_THROWS_AS(wait(at.log->events("s")), socketio::operation_error);
    at.server.start();
    CHECK(wait(at.log->events("s")).size() == 1);
}

TEST_CASE("event log: a batch whose answer was lost is not written again") {
    const auto world = make_postgres_world();
    single_batch first("1");
    postgres_database(world->address(), 30s, "w").apply(1, first.plan);
    CHECK(first.number() == 1);
    postgres_database again(world->address(), 30s, "w");
    again.apply(1, first.plan);
    CHECK(first.number() == 1);
    single_batch second("2");
    again.apply(2, second.plan);
    CHECK(second.number() == 2);
    postgres_database other(world->address(), 30s, "another");
    single_batch third("3");
    other.apply(1, third.plan);
    CHECK(third.number() == 3);
    CHECK(world->sql("SELECT event_data FROM events ORDER BY sequence_number") ==
          std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("event log: a batch that is tried again waits for the fate of what was left behind") {
    const auto world = make_postgres_world();
    postgres_database database(world->address(), 30s, "w");
    database.check();
    single_batch batch("1");
    postgres_connection left_behind(world->address(), 30s);
    left_behind.run("BEGIN");
    left_behind.run("INSERT INTO event_log_writers (writer_id, last_batch) VALUES ('w', 1)");
    std::thread trying([&] { database.apply(1, batch.plan); });
    await([&] {
        return world
                   ->sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                         "datname = current_database()")
                   .size() == 1;
    });
    std::string expected;
    SUBCASE("it is committed") {
        left_behind.run("COMMIT");
        expected = "0";
    }
    SUBCASE("it is taken back") {
        left_behind.run("ROLLBACK");
        expected = "1";
    }
    trying.join();
    CHECK(world->sql("SELECT count(*) FROM events") == std::vector<std::string>{expected});
}

TEST_CASE("event log: a server that does not wait for its disk is told to") {
    const auto world = make_postgres_world();
    world->sql("ALTER DATABASE " + world->sql("SELECT current_database()")[0] +
               " SET synchronous_commit = off");
    CHECK(world->sql("SHOW synchronous_commit") == std::vector<std::string>{"on"});
}

TEST_CASE("event log: while another holds the database appends wait, and nobody waits for them") {
    over_each_database([](log_world& world) {
        const auto log = world.open();
        await([&] { return log->health().ready; }); // there are tables to be held
        auto held = world.hold();
        std::vector<pending<logged_event>> answers;
        for (int i = 0; i < 3; ++i)
            answers.push_back(log->append({.session_id = "s", .type = "t"}));
        CHECK(log->health().queued == 3);
        held.reset();
        for (const auto& answer : answers)
            wait(answer);
        CHECK(log->health().queued == 0);
        CHECK(log->health().appended == 3);
    });
}

} // namespace sockeye::app
