#pragma once

#include <sockeye/engineio/shards.hpp>

#include <cstdlib>
#include <map>
#include <mutex>

namespace sockeye::testing {

/// Stands in for a server's threads and for its clock: what is posted runs at once, and what is to
/// run later does when the test lets time pass.
class manual_shards final : public engineio::shards {
public:
    [[nodiscard]] unsigned size() const override { return 1; }
    [[nodiscard]] unsigned current() const override { return none; }
    void post(unsigned, std::function<void()> task) override { task(); }
    void post_after(unsigned, std::chrono::milliseconds delay,
                    std::function<void()> task) override {
        const std::lock_guard lock(mutex_);
        waiting_.emplace(now_ + delay, std::move(task));
    }
    void set_timer(engineio::timed&, std::chrono::milliseconds) override { std::abort(); }
    void cancel_timer(engineio::timed&) override { std::abort(); }

    /// Milliseconds since the epoch.
    [[nodiscard]] std::chrono::milliseconds now() const {
        const std::lock_guard lock(mutex_);
        return now_;
    }
    /// When the next falls due.
    [[nodiscard]] std::chrono::milliseconds next() const {
        const std::lock_guard lock(mutex_);
        return waiting_.empty() ? std::chrono::milliseconds::max() : waiting_.begin()->first;
    }
    /// Runs what falls due, each at its time.
    void pass(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        const auto end = now_ + time;
        while (!waiting_.empty() && waiting_.begin()->first <= end) {
            const auto next = waiting_.extract(waiting_.begin());
            now_ = next.key();
            lock.unlock();
            next.mapped()();
            lock.lock();
        }
        now_ = end;
    }

private:
    mutable std::mutex mutex_;
    std::chrono::milliseconds now_{1'700'000'000'000};
    std::multimap<std::chrono::milliseconds, std::function<void()>> waiting_;
};

} // namespace sockeye::testing
