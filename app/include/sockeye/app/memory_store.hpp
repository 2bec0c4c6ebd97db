#pragma once

#include <sockeye/app/store.hpp>
#include <sockeye/engineio/shards.hpp>

#include <functional>
#include <memory>

namespace sockeye::app {

// Everything in this process's memory: for one instance, or for several in one process.
class memory_store final : public store {
public:
    // `now`: milliseconds since any moment, for the lives of keys.
    memory_store(engineio::shards& shards, std::function<milliseconds()> now);
    ~memory_store() override;
    memory_store(const memory_store&) = delete;
    memory_store& operator=(const memory_store&) = delete;

    socketio::pending<store_result> commit(transaction what) override;
    subscription_id subscribe(std::string channel, message_handler handler,
                              std::function<void()> ready = {}) override;
    void unsubscribe(subscription_id which) override;
    void close() override;
    [[nodiscard]] store_health health() const override { return {}; }

private:
    struct state;
    engineio::shards& shards_;
    std::unique_ptr<state> state_;
};

} // namespace sockeye::app
