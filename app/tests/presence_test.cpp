#include "support/flaky_store.hpp"
#include "support/service_world.hpp"

#include <sockeye/app/presence.hpp>

#include <algorithm>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sockeye::app {

namespace {

/// Instances of one cluster, and what they tell: "a: r +alice 2".
struct presence_cluster {
    explicit presence_cluster(service_world& in) : world(in) {}

    std::unique_ptr<presence> instance(const std::string& node, presence_options options = {}) {
        auto made = std::make_unique<presence>(
            world.instance(node),
            [this, node](const presence_change& change) {
                const std::lock_guard lock(mutex);
                told.push_back(node + ": " + change.room + (change.online ? " +" : " -") +
                               change.user + " " + std::to_string(change.count));
            },
            options);
        made->start();
        await([&] {
            const auto nodes = commit(world.state(), transaction().members("presence:nodes"));
            return std::ranges::count(nodes.replies[0].items, node) == 1;
        });
        return made;
    }

    template<class Condition>
    void await(Condition holds) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (!holds()) {
            REQUIRE(std::chrono::steady_clock::now() < deadline);
            std::this_thread::yield();
        }
    }

    /// Waits until so much has been told; gives it away.
    std::vector<std::string> hear(std::size_t count) {
        await([&] {
            const std::lock_guard lock(mutex);
            return told.size() >= count;
        });
        const std::lock_guard lock(mutex);
        return std::exchange(told, {});
    }

    std::vector<std::string> members(const std::string& key) {
        auto items = commit(world.state(), transaction().members(key)).replies[0].items;
        std::ranges::sort(items);
        return items;
    }

    service_world& world;
    std::mutex mutex;
    std::vector<std::string> told;
};

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("presence: a user is in a room from the first socket to the last, on any instance") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        wait(a->connect("s1", "alice"));
        wait(b->connect("s2", "alice"));
        CHECK(wait(a->join("s1", "r")).count == 1);
        CHECK(wait(b->join("s2", "r")).users == texts{"alice"});
        CHECK(cluster.hear(1) == texts{"a: r +alice 1"});
        CHECK(wait(a->newest_socket("alice")) == "s2");
        const left_room first = wait(a->leave("s1", "r"));
        CHECK(first.count == 1);
        CHECK(first.user_stays);
        const left_room last = wait(b->leave("s2", "r"));
        CHECK(last.count == 0);
        CHECK(!last.user_stays);
        CHECK(cluster.hear(1) == texts{"b: r -alice 0"});
        CHECK(wait(a->is_online("alice")));
        CHECK(wait(b->everyone()).users == texts{"alice"});
    });
}

TEST_CASE("presence: who enters a room is in it, and learns how many are") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        wait(a->connect("s1", "alice"));
        wait(a->connect("s2", "bob"));
        CHECK(wait(a->enter("s1", "r")) == 1);
        CHECK(wait(a->enter("s2", "r")) == 2);
        CHECK(cluster.hear(2) == texts{"a: r +alice 1", "a: r +bob 2"});
        CHECK(cluster.members("room:r:users") == texts{"alice", "bob"});
    });
}

TEST_CASE("presence: the keys are those that others read") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        wait(a->connect("s1", "alice"));
        wait(a->join("s1", "r"));
        CHECK(cluster.members("presence:online") == texts{"alice"});
        CHECK(cluster.members("room:r:users") == texts{"alice"});
        CHECK(commit(world.state(), transaction().get("user:alice:socket")).replies[0].text ==
              "s1");
    });
}

TEST_CASE("presence: who does not come back within the grace period has left, once") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        wait(a->connect("s1", "alice"));
        wait(a->join("s1", "r"));
        wait(a->join("s1", "q"));
        cluster.hear(2);
        a->disconnect("s1");
        world.pass(4s);
        CHECK(wait(a->is_online("alice")));
        world.pass(2s);
        auto gone = cluster.hear(2);
        std::ranges::sort(gone);
        CHECK(gone == texts{"a: q -alice 0", "a: r -alice 0"});
        cluster.await([&] { return !wait(a->is_online("alice")); });
        CHECK(wait(a->newest_socket("alice")) == std::nullopt);
        CHECK(cluster.members("presence:node:a:entries").empty());
    });
}

TEST_CASE("presence: who is back in time has not been away, on whatever instance") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        wait(a->connect("s1", "alice"));
        wait(a->join("s1", "r"));
        cluster.hear(1);
        a->disconnect("s1");
        world.pass(2s);
        wait(b->connect("s2", "alice"));
        wait(b->join("s2", "r"));
        world.pass(10s);
        cluster.await([&] { return cluster.members("presence:user:alice") == texts{"s2"}; });
        CHECK(wait(b->in_room("r")).users == texts{"alice"});
        wait(b->leave("s2", "r"));
        CHECK(cluster.hear(1) == texts{"b: r -alice 0"}); // and nothing before it
    });
}

TEST_CASE("presence: a connection that is lost counts, whatever the socket is still doing") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        wait(a->connect("s1", "alice"));
        a->disconnect("s1");
        SUBCASE("a request that was on its way") {
            wait(a->join("s1", "r"));
        }
        SUBCASE("or what is entered again") {
            commit(world.state(), transaction().erase("presence:node:a").erase("presence:online"));
            world.pass(3s);
            cluster.await([&] { return cluster.members("presence:online") == texts{"alice"}; });
        }
        world.pass(5s);
        cluster.await([&] { return cluster.members("presence:online").empty(); });
        cluster.await([&] { return cluster.members("room:r:users").empty(); });
    });
}

TEST_CASE("presence: a socket that recovers keeps its rooms") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        wait(a->connect("s1", "alice"));
        wait(a->join("s1", "r"));
        cluster.hear(1);
        a->disconnect("s1");
        world.pass(4s);
        wait(a->connect("s1", "alice"));
        world.pass(20s);
        CHECK(wait(a->in_room("r")).users == texts{"alice"});
        wait(a->leave("s1", "r"));
        CHECK(cluster.hear(1) == texts{"a: r -alice 0"});
    });
}

TEST_CASE("presence: when the newest socket goes, another takes its place") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a", {.grace = 0ms});
        wait(a->connect("s1", "alice"));
        wait(a->connect("s2", "alice"));
        a->disconnect("s2");
        world.pass(1ms);
        cluster.await([&] { return wait(a->newest_socket("alice")) == "s1"; });
    });
}

TEST_CASE("presence: a dead instance's users are told to have gone, exactly once") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        auto dead = cluster.instance("dead");
        for (int i = 0; i < 20; ++i) {
            const std::string n = std::to_string(i);
            wait(dead->connect("s" + n, "user" + n));
            wait(dead->join("s" + n, "r"));
        }
        wait(a->connect("t", "user0"));
        wait(a->join("t", "r"));
        cluster.hear(20);
        dead.reset(); // without a word
        for (int i = 0; i < 13; ++i)
            world.pass(1s);
        cluster.await([&] { return cluster.members("presence:nodes") == texts{"a", "b"}; });
        CHECK(cluster.hear(19).size() == 19);
        CHECK(cluster.members("room:r:users") == texts{"user0"});
        CHECK(cluster.members("presence:online") == texts{"user0"});
        CHECK(cluster.members("presence:node:dead:entries").empty());
    });
}

TEST_CASE("presence: an instance that dies before it had a lease leaves nobody behind") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        // Never started: as if the store had been away at its start.
        auto dead =
            std::make_unique<presence>(world.instance("dead"), [](const presence_change&) {});
        wait(dead->connect("s", "ann"));
        wait(dead->join("s", "r"));
        dead.reset();
        for (int i = 0; i < 4; ++i)
            world.pass(1s);
        CHECK(cluster.hear(1) == texts{"a: r -ann 0"});
        cluster.await([&] { return cluster.members("presence:nodes") == texts{"a"}; });
        CHECK(cluster.members("presence:online").empty());
    });
}

TEST_CASE("presence: what begins before the first lease takes the lease with it") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        testing::flaky_store state(world.state(), world.shards);
        state.away = true;
        const context on = world.instance("b");
        presence b({state, on.shards, on.now, on.node, on.log}, [](const presence_change&) {});
        b.start();
        state.away = false;
        wait(b.connect("s", "ann"));
        CHECK(reply_to(world.state(), transaction().exists("presence:node:b")).number == 1);
    });
}

TEST_CASE("presence: who is back by another thread stays, whichever the store hears first") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        testing::flaky_store state(world.state(), world.shards);
        const context on = world.instance("a");
        presence a({state, on.shards, on.now, on.node, on.log}, [](const presence_change&) {});
        a.start();
        wait(a.connect("s1", "alice"));
        wait(a.join("s1", "r"));
        state.slow = true;
        const auto left = begin(a.leave("s1", "r"));
        state.slow = false;
        wait(a.join("s1", "r"));
        state.hurry();
        left.wait();
        cluster.await([&] { return cluster.members("room:r:users") == texts{"alice"}; });
        CHECK(wait(a.leave("s1", "r")).count == 0);
        CHECK(cluster.members("room:r:users").empty());
    });
}

TEST_CASE("presence: an instance that was taken for dead makes good what was taken from it") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        wait(a->connect("s1", "alice"));
        wait(a->join("s1", "r"));
        cluster.hear(1);
        // What happens to the keys of one that hangs, or to all of a store that lost them.
        commit(world.state(), transaction()
                                  .erase("presence:node:a")
                                  .erase("presence:node:a:entries")
                                  .erase("presence:online")
                                  .erase("presence:user:alice")
                                  .erase("presence:room:r\nalice")
                                  .erase("room:r:users"));
        world.pass(3s);
        CHECK(cluster.hear(1) == texts{"a: r +alice 1"});
        cluster.await([&] { return wait(a->is_online("alice")); });
        CHECK(cluster.members("room:r:users") == texts{"alice"});
    });
}

TEST_CASE("presence: who is in a room stays when joining again fails") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const context on = world.instance("a");
        testing::flaky_store state(world.state(), on.shards);
        presence a({state, on.shards, on.now, on.node, on.log}, [](const presence_change&) {});
        a.start();
        wait(a.connect("s1", "alice"));
        wait(a.join("s1", "r"));
        state.away = true;
        CHECK_THROWS_AS(wait(a.join("s1", "r")), socketio::operation_error);
        CHECK_THROWS_AS(wait(a.join("s1", "other")), socketio::operation_error);
        state.away = false;
        commit(world.state(), transaction().erase("room:r:users"));
        world.pass(3s); // what the store should have is looked at again
        cluster.await([&] { return cluster.members("room:r:users") == texts{"alice"}; });
        CHECK(cluster.members("room:other:users").empty());
    });
}

TEST_CASE("presence: an instance that stops leaves its users the grace period to move on") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        auto b = cluster.instance("b");
        wait(b->connect("s1", "alice"));
        wait(b->connect("s2", "bob"));
        wait(b->join("s1", "r"));
        wait(b->join("s2", "r"));
        cluster.hear(2);
        wait(b->stop());
        b.reset();
        wait(a->connect("s3", "alice"));
        wait(a->join("s3", "r"));
        for (int i = 0; i < 9; ++i)
            world.pass(1s);
        CHECK(cluster.hear(1) == texts{"a: r -bob 1"});
    });
}

TEST_CASE("presence: a socket without a user joins nothing") {
    over_each_store([](service_world& world) {
        presence_cluster cluster(world);
        const auto a = cluster.instance("a");
        CHECK_THROWS_AS(wait(a->join("s1", "r")), service_error);
        CHECK_THROWS_AS(wait(a->leave("s1", "r")), service_error);
        a->disconnect("s1");
        CHECK(cluster.members("presence:online").empty());
    });
}

} // namespace sockeye::app
