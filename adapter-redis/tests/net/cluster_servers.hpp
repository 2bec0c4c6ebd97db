#pragma once

// Three servers of a Redis Cluster, each with a third of the slots.

#include "codec/cluster_slots.hpp"
#include "net/link_fixture.hpp"

#include <sockeye/adapter_redis/redis_cluster.hpp>

#include <array>

namespace sockeye::adapter_redis {

// With a port of its own for what servers say to each other.
struct cluster_server : redis_server {
    explicit cluster_server(unsigned short bus = testing::free_port())
        : redis_server({"--cluster-enabled", "yes", "--cluster-node-timeout", "15000",
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
            await([&] {
                return knows(i, "cluster_state:ok") && knows(i, "cluster_known_nodes:3") &&
                       reaches_others(i);
            });
    }
    // What a server says to one that it does not reach is lost.
    bool reaches_others(std::size_t server) {
        return ask(*links[server], {"CLUSTER", "NODES"}).text.find("disconnected") ==
               std::string::npos;
    }
    bool knows(std::size_t server, std::string_view what) {
        return ask(*links[server], {"CLUSTER", "INFO"}).text.find(what) != std::string::npos;
    }
    void must(std::size_t server, const std::vector<std::string>& words) {
        const reply answer = ask(*links[server], words);
        REQUIRE_MESSAGE(!answer.is_error(), answer.text);
    }
    std::string id(std::size_t server) { return ask(*links[server], {"CLUSTER", "MYID"}).text; }
    // From then on both know of it, and what is not there any more is asked for at the other.
    void begin_to_move(std::size_t slot, std::size_t from, std::size_t to) {
        must(to, {"CLUSTER", "SETSLOT", std::to_string(slot), "IMPORTING", id(from)});
        must(from, {"CLUSTER", "SETSLOT", std::to_string(slot), "MIGRATING", id(to)});
    }
    void move_key(const std::string& key, std::size_t from, std::size_t to) {
        must(from, {"MIGRATE", "127.0.0.1", std::to_string(servers[to].port()), key, "0", "5000"});
    }
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

// One more server, with a copy of what another one has.
struct replica_of {
    cluster_server server;
    redis_link link{[this] {
        redis_options options = cluster_servers::each();
        options.port = server.port();
        return options;
    }()};

    replica_of(cluster_servers& at, std::size_t master) {
        const std::string id = at.id(master);
        at.must(0,
                {"CLUSTER", "MEET", "127.0.0.1", std::to_string(server.port()), server.bus_port});
        await([&] { return !ask(link, {"CLUSTER", "REPLICATE", id}).is_error(); });
        await([&] { return ask(link, {"ROLE"}).items.at(3).text == "connected"; });
        for (std::size_t i = 0; i < 3; ++i)
            await([&] { return at.knows(i, "cluster_known_nodes:4"); });
    }
    void take_over() { REQUIRE_FALSE(ask(link, {"CLUSTER", "FAILOVER", "TAKEOVER"}).is_error()); }
};

// Of which each third of the slots has one.
inline std::string channel_at(const cluster_servers& at, std::size_t server) {
    for (int i = 0;; ++i)
        if (std::string name = "c" + std::to_string(i); at.server_of(name) == server) return name;
}

} // namespace sockeye::adapter_redis
