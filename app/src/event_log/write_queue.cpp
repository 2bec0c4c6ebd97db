#include "event_log/write_queue.hpp"

namespace sockeye::app {

namespace {

waiting_write take_first(std::deque<waiting_write>& from) {
    waiting_write first = std::move(from.front());
    from.pop_front();
    return first;
}

} // namespace

bool write_queue::push(waiting_write&& one) {
    {
        const std::lock_guard lock(mutex_);
        const bool full = queued_.count >= most_.count || queued_.bytes + one.bytes > most_.bytes;
        if (full || closed_) return false;
        ++queued_.count;
        queued_.bytes += one.bytes;
        waiting_.push_back(std::move(one));
    }
    changed_.notify_one();
    return true;
}

std::deque<waiting_write> write_queue::take(milliseconds patience) {
    std::deque<waiting_write> batch;
    std::size_t bytes = 0;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [this] { return closed_ || !waiting_.empty(); });
    while (!waiting_.empty() && batch.size() < most_.batch && bytes < most_.batch_bytes) {
        bytes += waiting_.front().bytes;
        batch.push_back(take_first(waiting_));
    }
    return batch;
}

std::deque<waiting_write> write_queue::take_expired(steady_time now) {
    std::deque<waiting_write> expired;
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && waiting_.front().expires <= now)
        expired.push_back(take_first(waiting_));
    return expired;
}

void write_queue::finish(const waiting_write& one) {
    const std::lock_guard lock(mutex_);
    --queued_.count;
    queued_.bytes -= one.bytes;
}

void write_queue::pause_until(steady_time then) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, then, [this] { return closed_; });
}

void write_queue::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
}

bool write_queue::is_closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}

write_queue::size write_queue::queued() const {
    const std::lock_guard lock(mutex_);
    return queued_;
}

} // namespace sockeye::app
