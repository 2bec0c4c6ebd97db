#pragma once

#include <sockeye/engineio/shards.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <utility>

namespace sockeye::socketio {

// Shards without threads: what is posted runs when a test says so, and time passes likewise.
class fake_shards final : public engineio::shards {
public:
    explicit fake_shards(unsigned size, unsigned here = 0) : size_(size), here_(here) {}

    [[nodiscard]] unsigned size() const override { return size_; }
    [[nodiscard]] unsigned current() const override { return here_; }
    void post(unsigned shard, std::function<void()> task) override {
        posted_.emplace_back(shard, std::move(task));
    }
    void post_after(unsigned shard, std::chrono::milliseconds,
                    std::function<void()> task) override {
        later_.emplace_back(shard, std::move(task));
    }
    void set_timer(engineio::timed&, std::chrono::milliseconds) override {}
    void cancel_timer(engineio::timed&) override {}

    // Calls a function as if on that shard's thread.
    void on(unsigned shard, const std::function<void()>& task) {
        const unsigned from = std::exchange(here_, shard);
        task();
        here_ = from;
    }
    void run() { drain(posted_); }
    [[nodiscard]] std::size_t waiting() const { return posted_.size() + later_.size(); }
    void let_time_pass() { drain(later_); }

private:
    using tasks = std::deque<std::pair<unsigned, std::function<void()>>>;
    void drain(tasks& from) {
        while (!from.empty()) {
            const auto [shard, task] = std::move(from.front());
            from.pop_front();
            on(shard, task);
        }
    }

    const unsigned size_;
    unsigned here_;
    tasks posted_, later_;
};

} // namespace sockeye::socketio
