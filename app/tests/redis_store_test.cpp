// What is Redis's own in a redis_store; the rest is in store_test.cpp.

#include "net/link_fixture.hpp"
#include "support/service_world.hpp"

#include <sockeye/app/redis_store.hpp>
#include <sockeye/engineio/http_server.hpp>

#include <atomic>
#include <vector>

namespace sockeye::app {

namespace {

using adapter_redis::await;
using adapter_redis::link_fixture;

struct redis_store_fixture : link_fixture {
    redis_store_fixture() {
        await([this] { return state.health().ready; });
    }
    /// Two steps: by the script.
    store_result count_twice() {
        return commit(state, transaction().increment("n").increment("n"));
    }
    /// Kills Redis, and waits until the store knows.
    void lose_redis() {
        server.kill();
        await([this] { return !state.health().ready; });
    }
    void bring_back_redis() {
        server.restart();
        await([this] { return state.health().ready; });
    }

    testing::manual_shards shards;
    redis_store state{shards, options()};
};

/// A server with one shard, whose thread is whichever asks inside of `enter`.
class one_shard final : public engineio::shards {
public:
    [[nodiscard]] unsigned size() const override { return 1; }
    [[nodiscard]] unsigned current() const override { return on_shard ? 0 : none; }
    void post(unsigned, std::function<void()> task) override { posted.set_value(std::move(task)); }
    void post_after(unsigned, milliseconds, std::function<void()>) override { std::abort(); }
    void set_timer(engineio::timed&, milliseconds) override { std::abort(); }
    void cancel_timer(engineio::timed&) override { std::abort(); }

    static inline thread_local bool on_shard = false;
    std::promise<std::function<void()>> posted;
};

} // namespace

TEST_CASE("redis store: while Redis is away transactions fail at once, and work when it is back") {
    redis_store_fixture fixture;
    CHECK(fixture.count_twice().replies[1].number == 2);
    fixture.lose_redis();
    CHECK_THROWS_WITH_AS(fixture.count_twice(), "Redis is away", socketio::operation_error);
    CHECK_THROWS_WITH_AS(commit(fixture.state, transaction().get("n")), "Redis is away",
                         socketio::operation_error);
    CHECK(fixture.state.health().failed == 2);
    CHECK(fixture.state.health().queued_bytes == 0);
    fixture.bring_back_redis();
    CHECK(fixture.count_twice().replies[1].number == 2); // a new Redis, which knows no script
    CHECK(fixture.state.health().reconnects == 1);
    CHECK(fixture.state.health().failed == 2);
}

TEST_CASE("redis store: a Redis that has forgotten the script is told it again") {
    redis_store_fixture fixture;
    adapter_redis::redis_link admin(fixture.options());
    for (std::int64_t round = 1; round <= 3; ++round) {
        CHECK(fixture.count_twice().replies[1].number == 2 * round);
        adapter_redis::ask(admin, {"SCRIPT", "FLUSH"});
    }
}

TEST_CASE("redis store: the script goes to Redis once for a connection") {
    redis_store_fixture fixture;
    for (int i = 0; i < 100; ++i)
        fixture.count_twice();
    adapter_redis::redis_link admin(fixture.options());
    const auto stats = adapter_redis::ask(admin, {"INFO", "commandstats"}).text;
    CHECK(stats.find("cmdstat_eval:calls=1,") != std::string::npos);
    CHECK(stats.find("cmdstat_evalsha:calls=99,") != std::string::npos);
}

TEST_CASE("redis store: subscriptions are there again when Redis is") {
    redis_store_fixture fixture;
    const auto note = [&](std::string_view payload) { fixture.notes.add(std::string(payload)); };
    fixture.state.subscribe("c", note, [&] { fixture.notes.add("ready"); });
    fixture.notes.await("ready");
    fixture.lose_redis();
    fixture.bring_back_redis();
    adapter_redis::redis_link admin(fixture.options());
    await([&] { return count(admin, adapter_redis::plain, "c") == 1; });
    commit(fixture.state, transaction().publish("c", "hello"));
    fixture.notes.await("hello");
    CHECK(fixture.notes.count("ready") == 1);
}

TEST_CASE("redis store: an answer comes on the shard that asked") {
    redis_store_fixture fixture;
    one_shard shards;
    auto posted = shards.posted.get_future();
    redis_store state(shards, fixture.options());
    await([&] { return state.health().ready; });
    bool answered = false;
    fixture.server.pause(); // until somebody waits for the answer
    one_shard::on_shard = true;
    state.commit(transaction().increment("n")).then([&](const auto& done) {
        CHECK(done.result.replies[0].number == 1);
        answered = true;
    });
    one_shard::on_shard = false;
    fixture.server.resume();
    REQUIRE(posted.wait_for(testing::patience) == std::future_status::ready);
    CHECK_FALSE(answered);
    posted.get()();
    CHECK(answered);
}

TEST_CASE("redis store: what one thread commits is done in that order, by script or not") {
    redis_store_fixture fixture;
    for (int i = 0; i < 500; ++i) {
        const std::string n = std::to_string(i);
        fixture.state.commit(transaction().set("n", n));
        fixture.state.commit(transaction().require_equal("n", n).increment("done"));
    }
    CHECK(commit(fixture.state, transaction().get("done")).replies[0].text == "500");
}

TEST_CASE("redis store: over a server's shards each commits in its order, and is answered there") {
    link_fixture fixture;
    engineio::http_server server({.threads = 2});
    redis_store state(server, fixture.options());
    server.start();
    await([&] { return state.health().ready; });
    std::vector<std::promise<unsigned>> answered(2);
    for (const unsigned shard : {0U, 1U})
        server.shards().post(shard, [&, shard] {
            const std::string key = "n" + std::to_string(shard);
            for (int i = 0; i < 200; ++i) {
                const std::string n = std::to_string(i);
                state.commit(transaction().set(key, n));
                state.commit(transaction().require_equal(key, n).increment("done"));
            }
            state.commit(transaction().get(key)).then([&, shard](const auto& done) {
                CHECK(done.result.replies[0].text == "199");
                answered[shard].set_value(server.shards().current());
            });
        });
    CHECK(answered[0].get_future().get() == 0);
    CHECK(answered[1].get_future().get() == 1);
    CHECK(commit(state, transaction().get("done")).replies[0].text == "400");
    server.stop(0ms);
    state.close();
    CHECK_THROWS_WITH_AS(commit(state, transaction().get("done")), "the store is closed",
                         socketio::operation_error);
}

TEST_CASE("redis store: transactions on their way fail when Redis dies") {
    redis_store_fixture fixture;
    fixture.server.pause();
    auto unanswered = fixture.state.commit(transaction().increment("n"));
    fixture.server.kill();
    CHECK_THROWS_AS(wait(result_of(unanswered)), socketio::operation_error);
}

TEST_CASE("redis store: who asks for more while it ends is told so") {
    link_fixture fixture;
    testing::manual_shards shards;
    adapter_redis::redis_options options = fixture.options();
    options.close_timeout = 1ms;
    auto own = std::make_unique<redis_store>(shards, options);
    await([&] { return own->health().ready; });
    redis_store& ending = *own;
    std::vector<std::string> told;
    fixture.server.pause();
    own->commit(transaction().get("k")).then([&](const auto& first) {
        told.push_back(first.error);
        ending.commit(transaction().get("k")).then([&](const auto& then) {
            told.push_back(then.error);
        });
    });
    SUBCASE("when it is closed") {
        own->close();
    }
    SUBCASE("when it is gone") {
        own.reset();
    }
    REQUIRE(told.size() == 2);
    CHECK_FALSE(told[0].empty());
    CHECK(told[1] == "the store is closed");
    fixture.server.resume();
}

TEST_CASE("redis store: once it is closed no handler is called, whatever was being asked") {
    link_fixture fixture;
    testing::manual_shards shards;
    adapter_redis::redis_options options = fixture.options();
    options.close_timeout = 1ms;
    transaction long_to_write;
    for (int i = 0; i < 1000; ++i)
        long_to_write.get("k");
    const auto late = std::make_shared<std::atomic<int>>(0);
    for (int round = 0; round < 30; ++round) {
        redis_store store(shards, options);
        await([&] { return store.health().ready; });
        // Each answer asks for the next, so that its thread is mostly about to commit.
        const auto closed = std::make_shared<std::atomic<bool>>(false);
        const auto answers = std::make_shared<std::atomic<int>>(0);
        const auto ask = std::make_shared<std::function<void()>>();
        *ask = [&, closed, answers, again = std::weak_ptr(ask)] {
            store.commit(long_to_write).then([late, closed, answers, again](const auto& done) {
                ++*answers;
                *late += *closed ? 1 : 0;
                const auto next = again.lock();
                if (next && done) (*next)();
            });
        };
        for (int i = 0; i < 3; ++i)
            (*ask)();
        await([&] { return *answers > 3; });
        store.close();
        *closed = true;
    }
    CHECK(*late == 0);
}

} // namespace sockeye::app
