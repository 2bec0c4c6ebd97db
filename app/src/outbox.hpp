#pragma once

#include <sockeye/engineio/shards.hpp>

#include <cstddef>
#include <functional>
#include <memory>

namespace sockeye::app {

/// What a service tells, in the order in which it decided to: one call after the other, on shard 0,
/// whatever thread it was decided on. So what one socket is told arrives in that order too.
class outbox {
public:
    explicit outbox(engineio::shards& shards);
    ~outbox();
    outbox(const outbox&) = delete;
    outbox& operator=(const outbox&) = delete;

    /// Under the lock of whoever decides; calls nothing.
    void add(std::function<void()> call);
    /// Without that lock.
    void flush();
    /// Waits for the call that is being made, and makes no other. Not from within a call.
    void close();
    [[nodiscard]] std::size_t size() const;

private:
    struct state;
    engineio::shards& shards_;
    const std::shared_ptr<state> state_;
};

} // namespace sockeye::app
