#include "limits/refusals.hpp"
#include "support/service_world.hpp"

#include <sockeye/app/limits.hpp>

#include <vector>

namespace sockeye::app {

namespace {

verdict connect(limits& by, const std::string& ip = "10.0.0.1") {
    return wait(by.check_connection(ip));
}
verdict send(limits& by, const std::string& ip, const std::string& user = {}) {
    return wait(by.check_event(ip, user));
}
std::optional<std::string> held(service_world& world, const std::string& key) {
    return reply_to(world.state(), transaction().get(key)).text;
}

/// A store that is away.
class absent_store final : public store {
public:
    explicit absent_store(engineio::shards& shards) : shards_(shards) {}
    pending<store_result> commit(transaction) override {
        const socketio::resolver<store_result> answer(shards_);
        answer.fail("away");
        return answer.answer();
    }
    subscription_id subscribe(std::string, message_handler, std::function<void()>) override {
        return 0;
    }
    void unsubscribe(subscription_id) override {}
    void close() override {}
    [[nodiscard]] store_health health() const override { return {.ready = false}; }

private:
    engineio::shards& shards_;
};

} // namespace

TEST_CASE("limits: an address has so many connections in a window, on all instances together") {
    over_each_store([](service_world& world) {
        limits here(world.instance("a"), {.connections_per_ip = {.count = 4, .window = 15min}});
        limits there(world.instance("b"), {.connections_per_ip = {.count = 4, .window = 15min}});
        CHECK(connect(here).remaining == 3);
        CHECK(connect(there).remaining == 2);
        world.pass(10min);
        CHECK(connect(here).allowed);
        CHECK(connect(there).remaining == 0);
        const verdict refused = connect(here);
        CHECK_FALSE(refused.allowed);
        CHECK(refused.remaining == 0);
        CHECK(refused.retry_after <= 5min);
        CHECK(refused.retry_after > 0min);
        CHECK(connect(here, "10.0.0.2").allowed);
        world.pass(5min);
        CHECK(connect(here).remaining == 3); // the window began with the first, and is over
    });
}

TEST_CASE("limits: events count for the address and for the user, whichever is over") {
    over_each_store([](service_world& world) {
        limits by(world.instance(),
                  {.events_per_ip = {.count = 5}, .events_per_user = {.count = 2}});
        CHECK(send(by, "1", "alice").remaining == 1);
        CHECK(send(by, "2", "alice").remaining == 0);
        CHECK_FALSE(send(by, "1", "alice").allowed);
        CHECK(send(by, "1", "bob").remaining == 1);
        CHECK(send(by, "1").remaining == 1);
        CHECK(send(by, "1").remaining == 0);
        CHECK_FALSE(send(by, "1", "carol").allowed);
        CHECK(held(world, "ratelimit:user:alice") == "3");
        CHECK(held(world, "ratelimit:ip:1") == "6");
        world.pass(61s);
        CHECK(held(world, "ratelimit:ip:1") == std::nullopt);
        CHECK(send(by, "1", "alice").allowed);
    });
}

TEST_CASE("limits: what others have counted counts, and gets an end if it has none") {
    over_each_store([](service_world& world) {
        limits by(world.instance(), {.events_per_ip = {.count = 5}});
        commit(world.state(), transaction().set("ratelimit:ip:1", "4"));
        CHECK(send(by, "1").remaining == 0);
        CHECK_FALSE(send(by, "1").allowed);
        world.pass(61s);
        CHECK(send(by, "1").remaining == 4);
    });
}

TEST_CASE("limits: whoever is over the limit is refused without asking the store") {
    over_each_store([](service_world& world) {
        limits by(world.instance(), {.events_per_ip = {.count = 3}});
        for (int i = 0; i < 3; ++i)
            CHECK(send(by, "1").allowed);
        for (int i = 0; i < 1000; ++i)
            REQUIRE_FALSE(send(by, "1", "alice").allowed);
        CHECK(held(world, "ratelimit:ip:1") == "4");
        CHECK(held(world, "ratelimit:user:alice") == "1");
        CHECK(by.counters().refused == 1000);
        CHECK(by.counters().refused_at_once == 999);
        world.pass(30s);
        CHECK(send(by, "1").retry_after <= 30s);
        CHECK(send(by, "1").retry_after > 0s);
    });
}

TEST_CASE("limits: new values are in force at once, also for who was refused") {
    over_each_store([](service_world& world) {
        limits by(world.instance(), {.connections_per_ip = {.count = 1}});
        CHECK(connect(by).allowed);
        CHECK_FALSE(connect(by).allowed);
        by.set({.connections_per_ip = {.count = 4}});
        CHECK(connect(by).remaining == 1);
        by.set({.connections_per_ip = {.count = 0}});
        for (int i = 0; i < 10; ++i)
            CHECK(connect(by).remaining == std::nullopt);
        CHECK(held(world, "ratelimit:connections:10.0.0.1") == "3");
    });
}

TEST_CASE("limits: each kind of request has a limit of its own") {
    over_each_store([](service_world& world) {
        limits by(world.instance(), {.connections_per_ip = {.count = 1},
                                     .requests_per_ip = {.count = 1},
                                     .events_per_ip = {.count = 1}});
        CHECK(wait(by.check_connection("1")).allowed);
        CHECK(wait(by.check_request("1")).allowed);
        CHECK(wait(by.check_event("1")).allowed);
        CHECK_FALSE(wait(by.check_connection("1")).allowed);
        CHECK_FALSE(wait(by.check_request("1")).allowed);
        CHECK_FALSE(wait(by.check_event("1")).allowed);
    });
}

TEST_CASE("limits: while the store is away everything is allowed, and counted") {
    testing::manual_shards shards;
    absent_store away(shards);
    limits by({away, shards, [&] { return shards.now(); }, "a", {}},
              {.connections_per_ip = {.count = 1}});
    for (int i = 0; i < 5; ++i) {
        const verdict given = connect(by);
        CHECK(given.allowed);
        CHECK(given.remaining == std::nullopt);
    }
    CHECK(by.counters().unchecked == 5);
    CHECK(by.counters().refused == 0);
}

TEST_CASE("limits: a refusal says when to try again") {
    enforce({});
    try {
        enforce({.allowed = false, .retry_after = 1500ms});
        FAIL("was let pass");
    } catch (const service_error& told) {
        CHECK(told.code == "RATE_LIMITED");
        CHECK(told.details == socketio::object{{"retryAfterMs", 1500}});
    }
}

TEST_CASE("refusals are remembered until their end, and forgotten when there are too many") {
    refusals known(3);
    known.add("a", 10ms, 0ms);
    known.add("b", 20ms, 0ms);
    known.add("a", 30ms, 1ms); // moves
    CHECK(known.until("a", 5ms) == 30ms);
    CHECK(known.until("a", 30ms) == std::nullopt);
    CHECK(known.until("none", 5ms) == std::nullopt);
    known.add("c", 15ms, 5ms);
    known.add("d", 40ms, 5ms);
    CHECK(known.size() == 3);
    CHECK(known.until("c", 5ms) == std::nullopt); // it would have ended first
    CHECK(known.until("b", 5ms) == 20ms);
    known.add("e", 90ms, 50ms);
    CHECK(known.size() == 1);
}

} // namespace sockeye::app
