#include "server/loop_watch.hpp"

#include <algorithm>
#include <atomic>

namespace sockeye::app {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

namespace {

constexpr auto window = std::chrono::minutes(1);

} // namespace

/// The longest stall of this window and of the one before.
struct loop_watch::record {
    std::atomic<nanoseconds::rep> now = 0;
    std::atomic<nanoseconds::rep> before = 0;
    steady_clock::time_point window_end = steady_clock::now() + window; // shard 0's

    void add(nanoseconds stall) {
        nanoseconds::rep longest = now.load(std::memory_order_relaxed);
        while (stall.count() > longest && !now.compare_exchange_weak(longest, stall.count())) {
        }
    }
    void begin_window_when_due(steady_clock::time_point at) {
        if (at < window_end) return;
        before = now.exchange(0);
        window_end = at + window;
    }
};

loop_watch::loop_watch(engineio::shards& shards)
    : shards_(shards), record_(std::make_shared<record>()) {}

void loop_watch::start() {
    for (unsigned shard = 0; shard < shards_.size(); ++shard)
        look_later(shards_, shard, record_);
}

void loop_watch::look_later(engineio::shards& shards, unsigned shard,
                            std::shared_ptr<record> into) {
    const auto due = steady_clock::now() + interval;
    shards.post_after(shard, interval, [&shards, shard, due, into = std::move(into)] {
        const auto at = steady_clock::now();
        into->add(std::max<nanoseconds>(at - due, nanoseconds(0)));
        if (shard == 0) into->begin_window_when_due(at);
        look_later(shards, shard, into);
    });
}

nanoseconds loop_watch::longest_stall() const {
    return nanoseconds(std::max(record_->now.load(), record_->before.load()));
}

} // namespace sockeye::app
