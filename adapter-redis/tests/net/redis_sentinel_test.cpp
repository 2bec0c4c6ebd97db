// A master, its replica, and a sentinel that makes the one the other's successor.

#include "net/link_fixture.hpp"

namespace sockeye::adapter_redis {
namespace {

// The sentinel comes last: it looks for replicas at once, and then not for 10 s.
struct sentinel_fixture {
    redis_server first{{"--repl-diskless-sync-delay", "0"}};
    redis_server second{{"--replicaof", "127.0.0.1 " + std::to_string(first.port())}};
    std::optional<redis_server> sentinel;
    event_notes notes;

    sentinel_fixture() {
        redis_link replica(to(second));
        await([&] { return ask(replica, {"ROLE"}).items.at(3).text == "connected"; });
        redis_link master(to(first));
        await([&] { return ask(master, {"ROLE"}).items.at(2).items.size() == 1; });
        sentinel.emplace(std::vector<std::string>{"--sentinel"}, "--port",
                         "sentinel monitor m 127.0.0.1 " + std::to_string(first.port()) +
                             " 1\nsentinel down-after-milliseconds m 200\n"
                             "sentinel failover-timeout m 2000\n");
        // The replica is a candidate once the sentinel has heard from it.
        redis_link link(to(*sentinel));
        await([&] {
            const reply known = ask(link, {"SENTINEL", "REPLICAS", "m"});
            return known.items.size() == 1 && is_candidate(known.items[0]);
        });
    }
    static bool is_candidate(const reply& replica) {
        for (std::size_t i = 0; i + 1 < replica.items.size(); i += 2)
            if (replica.items[i].text == "master-link-status")
                return replica.items[i + 1].text == "ok";
        return false;
    }

    [[nodiscard]] redis_options to(const redis_server& one) const {
        redis_options made;
        made.port = one.port();
        made.reconnect_delay = 2ms;
        made.log = [](engineio::log_level, std::string_view) {};
        return made;
    }
    // By way of a sentinel that is not there, and the one that is.
    [[nodiscard]] redis_options to_master() {
        redis_options made = to(first);
        made.sentinel = {.master_name = "m", .nodes = {{.port = 1}, {.port = sentinel->port()}}};
        made.log = [this](engineio::log_level, std::string_view line) {
            notes.add(std::string(line));
        };
        return made;
    }
    unsigned short port_of_master(redis_link& link) {
        const reply port = ask(link, {"CONFIG", "GET", "port"});
        return port.is_error() ? 0 : static_cast<unsigned short>(std::stoi(port.items[1].text));
    }
};

void await_message(sentinel_fixture& at, redis_link& link, const std::string& text) {
    // What is published while subscriptions are away is lost.
    await([&] {
        link.publish(plain, "news", text);
        ask(link, {"PING"});
        return at.notes.count("news=" + text) > 0;
    });
}

void subscribe(sentinel_fixture& at, redis_link& link) {
    link.subscribe(plain, "news",
                   [&at](std::string_view channel, std::string_view payload) {
                       at.notes.add(std::string(channel) + "=" + std::string(payload));
                   },
                   {});
}

} // namespace

TEST_CASE("sentinels: a link follows the master when it dies") {
    sentinel_fixture at;
    redis_link link(at.to_master());
    subscribe(at, link);
    CHECK(at.port_of_master(link) == at.first.port());
    await_message(at, link, "before");
    at.first.kill();
    await([&] { return at.port_of_master(link) == at.second.port(); });
    await_message(at, link, "after");
    at.notes.await("redis: connection for commands to master m is back");
}

TEST_CASE("sentinels: a link follows the master when another one takes its place") {
    sentinel_fixture at;
    redis_link link(at.to_master());
    subscribe(at, link);
    await_message(at, link, "before");
    redis_link sentinel(at.to(*at.sentinel));
    // The replica is no candidate while it is slow to answer.
    await([&] { return ask(sentinel, {"SENTINEL", "FAILOVER", "m"}).text == "OK"; });
    await([&] { return at.port_of_master(link) == at.second.port(); });
    await_message(at, link, "after");
}

TEST_CASE("sentinels: a link hears of another master before it notices that its own one hangs") {
    sentinel_fixture at;
    redis_options options = at.to_master();
    options.ping_interval = options.ping_timeout = 60s;
    redis_link link(options);
    subscribe(at, link);
    await_message(at, link, "before");
    at.first.pause();
    for (const char* const purpose : {"commands", "subscriptions"})
        at.notes.await("redis: connection for " + std::string(purpose) +
                       " to master m lost: another one is the master now");
    await([&] { return at.port_of_master(link) == at.second.port(); });
    await_message(at, link, "after");
}

TEST_CASE("sentinels: without one that knows, a link waits") {
    sentinel_fixture at;
    redis_options options = at.to_master();
    options.sentinel->master_name = "unknown";
    redis_link link(options);
    at.notes.await("redis: connection for commands to master unknown cannot be made: no sentinel "
                   "knows where it is");
}

} // namespace sockeye::adapter_redis
