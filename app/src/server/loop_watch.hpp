#pragma once

#include <sockeye/engineio/shards.hpp>

#include <chrono>
#include <memory>

namespace sockeye::app {

/// How long a shard's thread was busy at a stretch: everything else that it serves had to wait for
/// so long. Looks often, so that few stalls as long as a look is apart go unseen, and none of twice
/// that.
class loop_watch {
public:
    static constexpr std::chrono::milliseconds interval{10};

    explicit loop_watch(engineio::shards& shards);
    void start();
    /// Of all shards, in the last one to two minutes. From any thread.
    [[nodiscard]] std::chrono::nanoseconds longest_stall() const;

private:
    struct record;
    static void look_later(engineio::shards& shards, unsigned shard, std::shared_ptr<record> into);

    engineio::shards& shards_;
    const std::shared_ptr<record> record_;
};

} // namespace sockeye::app
