// Three servers of a Redis Cluster, each with a third of the slots.

#include "codec/cluster_slots.hpp"
#include "net/link_fixture.hpp"
#include "net/server_group.hpp"

#include <sockeye/adapter_redis/classic_adapter.hpp>
#include <sockeye/adapter_redis/redis_cluster.hpp>
#include <sockeye/adapter_redis/sharded_adapter.hpp>

#include <array>
#include <atomic>

namespace sockeye::adapter_redis {
namespace {

using socketio::packets;

// With a port of its own for what servers say to each other.
struct cluster_server : redis_server {
    explicit cluster_server(unsigned short bus = testing::free_port())
        : redis_server({"--cluster-enabled", "yes", "--cluster-node-timeout", "2000",
                        "--cluster-port", std::to_string(bus)}),
          bus_port(std::to_string(bus)) {}
    const std::string bus_port;
};

struct cluster_servers {
    event_notes notes;
    std::array<cluster_server, 3> servers;
    std::array<std::unique_ptr<redis_link>, 3> links;

    cluster_servers() {
        const char* const ranges[3][2] = {{"0", "5460"}, {"5461", "10922"}, {"10923", "16383"}};
        for (std::size_t i = 0; i < 3; ++i) {
            redis_options options = each();
            options.port = servers[i].port();
            links[i] = std::make_unique<redis_link>(options);
            must(i, {"CLUSTER", "ADDSLOTSRANGE", ranges[i][0], ranges[i][1]});
            must(i, {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
        }
        for (std::size_t i = 1; i < 3; ++i)
            must(0, {"CLUSTER", "MEET", "127.0.0.1", std::to_string(servers[i].port()),
                     servers[i].bus_port});
        for (std::size_t i = 0; i < 3; ++i)
            await(
                [&] { return knows(i, "cluster_state:ok") && knows(i, "cluster_known_nodes:3"); });
    }
    bool knows(std::size_t server, std::string_view what) {
        return ask(*links[server], {"CLUSTER", "INFO"}).text.find(what) != std::string::npos;
    }
    void must(std::size_t server, const std::vector<std::string>& words) {
        const reply answer = ask(*links[server], words);
        REQUIRE_MESSAGE(!answer.is_error(), answer.text);
    }
    std::string id(std::size_t server) { return ask(*links[server], {"CLUSTER", "MYID"}).text; }
    void give_slot(std::size_t slot, std::size_t to) {
        for (std::size_t i = 0; i < 3; ++i)
            must(i, {"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", id(to)});
    }
    [[nodiscard]] std::size_t server_of(std::string_view channel) const {
        const std::size_t slot = slot_of(channel);
        return slot <= 5460 ? 0 : slot <= 10922 ? 1 : 2;
    }

    static redis_options each() {
        redis_options made;
        made.reconnect_delay = 2ms;
        made.max_reconnect_delay = 20ms;
        made.log = [](engineio::log_level, std::string_view) {};
        return made;
    }
    [[nodiscard]] redis_cluster_options options(std::size_t seed = 0) const {
        return {.seeds = {{.port = 1}, {.port = servers[seed].port()}},
                .each = each(),
                .refresh_interval = 20ms};
    }
    void subscribe(pubsub& at, channel_kind kind, const std::string& name) {
        at.subscribe(
            kind, name,
            [this](std::string_view channel, std::string_view payload) {
                notes.add(std::string(channel) + "=" + std::string(payload));
            },
            [this, name] { notes.add("ready " + name); });
        notes.await("ready " + name);
    }
};

// Of which each third of the slots has one.
std::string channel_at(const cluster_servers& at, std::size_t server) {
    for (int i = 0;; ++i)
        if (std::string name = "c" + std::to_string(i); at.server_of(name) == server) return name;
}

} // namespace

TEST_CASE("cluster: plain channels reach whoever subscribes anywhere") {
    cluster_servers at;
    redis_cluster one(at.options(0));
    redis_cluster other(at.options(2));
    at.subscribe(one, plain, "news");
    at.subscribe(one, pattern, "n*");
    other.publish(plain, "news", "x");
    at.notes.await("news=x", 2);
}

TEST_CASE("cluster: sharded channels are heard and spoken on where they are") {
    cluster_servers at;
    redis_cluster one(at.options(0));
    redis_cluster other(at.options(1));
    for (std::size_t server = 0; server < 3; ++server) {
        const std::string name = channel_at(at, server);
        at.subscribe(one, sharded, name);
        CHECK(count(*at.links[server], sharded, name) == 1);
        other.publish(sharded, name, "x");
        at.notes.await(name + "=x");
    }
}

TEST_CASE("cluster: subscribers are counted on all servers together") {
    cluster_servers at;
    redis_cluster one(at.options(0));
    const std::string name = channel_at(at, 1);
    at.subscribe(one, sharded, name);
    at.links[1]->subscribe(
        sharded, name, [](auto, auto) {}, [&] { at.notes.add("second"); });
    at.links[0]->subscribe(
        plain, "p", [](auto, auto) {}, [&] { at.notes.add("plain"); });
    at.links[2]->subscribe(
        plain, "p", [](auto, auto) {}, [&] { at.notes.add("plain"); });
    at.notes.await("second");
    at.notes.await("plain", 2);
    const auto counted = [&](channel_kind kind, std::string_view channel) {
        std::promise<std::optional<std::size_t>> answer;
        one.count_subscribers(kind, channel, [&](auto got) { answer.set_value(got); });
        return answer.get_future().get();
    };
    await([&] { return one.counters().connected; });
    CHECK(counted(sharded, name) == 2);
    CHECK(counted(plain, "p") == 2);
}

TEST_CASE("cluster: subscriptions go with their slot, and messages follow") {
    cluster_servers at;
    redis_cluster one(at.options(0));
    redis_cluster other(at.options(1));
    const std::string name = channel_at(at, 1);
    at.subscribe(one, sharded, name);
    at.give_slot(slot_of(name), 2);
    await([&] { return count(*at.links[2], sharded, name) == 1; });
    CHECK(count(*at.links[1], sharded, name) == 0);
    other.publish(sharded, name, "after"); // at whichever server it takes for the right one
    at.notes.await(name + "=after");
}

TEST_CASE("cluster: plain channels move when their server dies") {
    cluster_servers at;
    redis_cluster one(at.options(0));
    at.subscribe(one, plain, "news");
    await([&] { return one.counters().connected; });
    std::size_t home = 0;
    for (std::size_t i = 0; i < 3; ++i)
        if (count(*at.links[i], plain, "news") == 1) home = i;
    at.servers[home].kill();
    const std::size_t alive = (home + 1) % 3;
    await([&] {
        return count(*at.links[alive], plain, "news") == 1 ||
               count(*at.links[(home + 2) % 3], plain, "news") == 1;
    });
    await([&] {
        at.links[alive]->publish(plain, "news", "again");
        return at.notes.count("news=again") > 0;
    });
}

TEST_CASE("cluster: servers are joined by either adapter") {
    for (const bool by_shards : {false, true}) {
        cluster_servers at;
        std::map<std::string, std::shared_ptr<redis_cluster>> links;
        socketio::server_group group(
            [&](const std::string& name, socketio::local_namespace& local) {
                auto& link = links[name];
                if (!link) link = std::make_shared<redis_cluster>(at.options());
                return (by_shards ? sharded_adapter(link) : classic_adapter(link))(local);
            },
            1);
        group.connect();
        group.enter(1, "r");
        if (by_shards) {
            const std::string room = "socket.io#/#r#";
            await([&] { return count(*at.links[at.server_of(room)], sharded, room) == 1; });
        }
        group.a().to("r").emit("e");
        group.clients[1].expect(R"(2["e"])");
        CHECK(texts(wait(group.a().server_side_emit_with_ack("ask")).result) == packets{"b", "c"});
        CHECK(wait(group.b().fetch_sockets()).result.size() == 3);
    }
}

TEST_CASE("cluster: needs a seed") {
    CHECK_THROWS_AS(redis_cluster({}), std::invalid_argument);
}

} // namespace sockeye::adapter_redis
