#pragma once

#include <sockeye/adapter_redis/options.hpp>
#include <sockeye/app/store.hpp>
#include <sockeye/engineio/shards.hpp>

#include <memory>

namespace sockeye::engineio {
class http_server;
}

namespace sockeye::app {

// Everything in Redis, 6 or newer: for the instances of a cluster. A transaction is one command
// where one does, otherwise one run of a script; in either case one question to Redis.
//
// While Redis is away, transactions fail at once: "Redis is away". Subscriptions come back with it;
// what is published meanwhile is lost.
//
// Numbers pass through doubles: exact up to 2^53.
class redis_store final : public store {
public:
    // Connects by itself, soon: see health(). Throws std::system_error if the files for TLS cannot
    // be used.
    redis_store(engineio::shards& shards, adapter_redis::redis_options options);
    // With a connection on each of the server's threads: what is asked there wakes no other. The
    // server must have stopped when the store is closed.
    redis_store(engineio::http_server& server, adapter_redis::redis_options options);
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
