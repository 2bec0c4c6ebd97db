#pragma once

#include <sockeye/adapter_redis/options.hpp>
#include <sockeye/adapter_redis/redis_cluster.hpp>
#include <sockeye/app/store.hpp>
#include <sockeye/engineio/shards.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace sockeye::engineio {
class http_server;
}

namespace sockeye::app {

inline constexpr std::string_view cluster_key_prefix = "{sockeye}:";

// Everything in Redis, 6 or newer: for the instances of a cluster. A transaction is one command
// where one does, otherwise one run of a script; in either case one question to Redis.
//
// While Redis is away, transactions fail at once: "Redis is away". Subscriptions come back with it;
// what is published meanwhile is lost.
//
// Numbers pass through doubles: exact up to 2^53.
//
// `key_prefix` stands in front of each key in Redis, and of nothing else: channels are called as
// they are published.
class redis_store final : public store {
public:
    // Connects by itself, soon: see health(). Throws std::system_error if the files for TLS cannot
    // be used.
    redis_store(engineio::shards& shards, adapter_redis::redis_options options,
                const std::string& key_prefix = {});
    // With a connection on each of the server's threads: what is asked there wakes no other. The
    // server must have stopped when the store is closed.
    redis_store(engineio::http_server& server, const adapter_redis::redis_options& options,
                const std::string& key_prefix = {});
    // In a Redis Cluster. What happens as one must be at one server of it: so the prefix has a hash
    // tag, as the default has, by which all keys share a slot; std::invalid_argument is thrown for
    // one without. While the slot moves to another server, transactions may change places.
    redis_store(engineio::shards& shards, adapter_redis::redis_cluster_options options,
                const std::string& key_prefix = std::string(cluster_key_prefix));
    ~redis_store() override; // transactions without an answer fail
    redis_store(const redis_store&) = delete;
    redis_store& operator=(const redis_store&) = delete;

    socketio::pending<store_result> commit(transaction what) override;
    subscription_id subscribe(std::string channel, message_handler handler,
                              std::function<void()> ready = {}) override;
    void unsubscribe(subscription_id which) override;
    void close() override;
    [[nodiscard]] store_health health() const override;

private:
    class core;
    const std::unique_ptr<core> core_;
};

} // namespace sockeye::app
