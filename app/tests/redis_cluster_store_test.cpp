// What stands in front of keys in Redis, and what a Redis Cluster does to a redis_store.

#include "net/cluster_servers.hpp"
#include "support/service_world.hpp"

#include <sockeye/app/redis_store.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace sockeye::app {

namespace {

using adapter_redis::ask;
using adapter_redis::await;
using adapter_redis::cluster_servers;
using adapter_redis::redis_link;
using adapter_redis::replica_of;

const std::string prefix(cluster_key_prefix);

std::set<std::string> keys_at(redis_link& server) {
    std::set<std::string> names;
    for (const auto& item : ask(server, {"KEYS", "*"}).items)
        names.insert(item.text);
    return names;
}

/// A store, and the server that has its keys.
struct cluster_fixture : cluster_servers {
    cluster_fixture() {
        await([this] { return state.health().ready; });
    }
    /// Two steps: by the script.
    std::int64_t count_twice() {
        return commit(state, transaction().increment("n").increment("n")).replies[1].number;
    }
    [[nodiscard]] std::string failure() {
        try {
            count_twice();
            return {};
        } catch (const socketio::operation_error& failed) {
            return failed.what();
        }
    }

    const std::size_t home = server_of(prefix);
    const std::size_t other = (home + 1) % 3;
    testing::manual_shards shards;
    redis_store state{shards, options()};
};

} // namespace

TEST_CASE("redis store: a prefix stands in front of every key, and of nothing else") {
    adapter_redis::link_fixture fixture;
    testing::manual_shards shards;
    for (const std::string before : {"", "p:", "{p}:"}) {
        redis_link admin(fixture.options());
        ask(admin, {"FLUSHALL"});
        redis_store state(shards, fixture.options(), before);
        await([&] { return state.health().ready; });
        fixture.subscribe(admin, adapter_redis::plain, "c" + before);
        commit(state, transaction().set("a", "a"));
        commit(state, transaction().add_member("b", "a").publish("c" + before, "a"));
        commit(state, transaction().publish("c" + before, "b"));
        CHECK(
            commit(state, transaction().require_equal("a", "a").set_field("d", "a", "a")).applied);
        commit(state,
               transaction().unless_exists("a").set("e", "").unless_exists("f").set("g", ""));
        commit(state, transaction().add_scored("h", "a", 1).expire_if_lasting("h", 60s));
        std::set<std::string> expected;
        for (const char* const name : {"a", "b", "d", "g", "h"})
            expected.insert(before + name);
        CHECK(keys_at(admin) == expected);
        CHECK(reply_to(state, transaction().members("b")).items == std::vector<std::string>{"a"});
        fixture.notes.await("c" + before + "=a");
        fixture.notes.await("c" + before + "=b");
    }
}

TEST_CASE("redis store: in a cluster, a prefix without a hash tag is refused") {
    testing::manual_shards shards;
    for (const char* const without : {"", "sockeye:", "{}:", "{sockeye", "}{"})
        CHECK_THROWS_WITH_AS(redis_store(shards, {.seeds = {{.port = 1}}}, without),
                             "sockeye: in a Redis Cluster the keys of a store must share a slot: "
                             "their prefix needs a part in braces, such as {sockeye}:",
                             std::invalid_argument);
}

TEST_CASE("redis store: in a cluster, goes on at the replica that takes over") {
    cluster_fixture at;
    redis_link& first = *at.links[at.home];
    replica_of successor(at, at.home);
    CHECK(at.count_twice() == 2);
    REQUIRE_FALSE(ask(successor.link, {"CLUSTER", "FAILOVER"}).is_error());
    await([&] { return ask(first, {"ROLE"}).items[0].text == "slave"; });
    CHECK(at.count_twice() == 4); // who went was there to say so, and nothing failed
    CHECK(at.state.health().failed == 0);

    ask(first, {"READONLY"});
    await([&] { return ask(first, {"GET", prefix + "n"}).text == "4"; });
    successor.server.kill();
    await([&] { return !at.state.health().ready; });
    CHECK(at.failure() == "Redis is away");
    REQUIRE_FALSE(ask(first, {"CLUSTER", "FAILOVER", "TAKEOVER"}).is_error());
    await([&] { return at.failure().empty(); });
    CHECK(at.count_twice() == 8);
    CHECK(at.state.health().ready);
    CHECK(keys_at(first) == std::set{prefix + "n"});
}

TEST_CASE("redis store: in a cluster, follows its keys to another server") {
    cluster_fixture at;
    commit(at.state, transaction().set("a", "1").set("b", "2"));
    at.begin_to_move(adapter_redis::slot_of(prefix), at.home, at.other);
    at.move_key(prefix + "a", at.home, at.other);
    CHECK(reply_to(at.state, transaction().get("a")).text == "1"); // there
    CHECK(reply_to(at.state, transaction().get("b")).text == "2"); // still here
    std::promise<store_result> both;
    at.state.commit(transaction().get("a").get("b")).then([&](const auto& done) {
        both.set_value(done.result);
    });
    await([&] { return at.state.health().queued_bytes > 0; });
    at.move_key(prefix + "b", at.home, at.other);
    at.give_slot(adapter_redis::slot_of(prefix), at.other);
    auto answer = both.get_future();
    REQUIRE(answer.wait_for(testing::patience) == std::future_status::ready);
    const auto replies = answer.get().replies;
    REQUIRE(replies.size() == 2);
    CHECK(replies[1].text == "2");
    CHECK(at.count_twice() == 2);
    CHECK(at.state.health().failed == 0);
    CHECK(keys_at(*at.links[at.other]) == std::set{prefix + "a", prefix + "b", prefix + "n"});
    CHECK(keys_at(*at.links[at.home]).empty());
}

TEST_CASE("redis store: is not ready while a cluster refuses everything") {
    cluster_fixture at;
    const std::string slot =
        std::to_string(adapter_redis::slot_of(adapter_redis::channel_at(at, at.other)));
    at.must(at.other, {"CLUSTER", "DELSLOTS", slot});
    await([&] {
        ask(*at.links[at.home], {"CLUSTER", "DELSLOTS", slot}); // or it is told nothing of that
        return at.failure().starts_with("CLUSTERDOWN");
    });
    CHECK_FALSE(at.state.health().ready);
    at.must(at.other, {"CLUSTER", "ADDSLOTS", slot});
    await([&] { return at.failure().empty(); });
    CHECK(at.state.health().ready);
}

} // namespace sockeye::app
