#pragma once

#include "event_log/rows.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace sockeye::app {

using steady_time = std::chrono::steady_clock::time_point;

struct waiting_write {
    any_row what;
    /// Empty: it is written.
    std::function<void(const std::string& error, const any_row& written)> answer;
    steady_time expires{};
    std::size_t bytes = 0;
};

/// What waits to be written, up to a bound.
class write_queue {
public:
    struct limits {
        std::size_t count;
        std::size_t bytes;
        std::size_t batch;
        std::size_t batch_bytes;
    };
    explicit write_queue(limits most) : most_(most) {}

    /// False if it is full, or closed.
    bool push(waiting_write&& one);

    /// The oldest, at most a batch of them; waits for one for so long. They count as queued until
    /// they are finished.
    std::deque<waiting_write> take(milliseconds patience);
    /// Those that have waited too long.
    std::deque<waiting_write> take_expired(steady_time now);
    void finish(const waiting_write& one);

    /// Waits until then, or until the queue is closed.
    void pause_until(steady_time then);
    /// Nothing more comes in, nobody waits any more.
    void close();
    [[nodiscard]] bool is_closed() const;

    struct size {
        std::size_t count = 0;
        std::size_t bytes = 0;
    };
    [[nodiscard]] size queued() const;

private:
    const limits most_;
    mutable std::mutex mutex_; // guards the rest
    std::condition_variable changed_;
    std::deque<waiting_write> waiting_;
    size queued_;
    bool closed_ = false;
};

} // namespace sockeye::app
