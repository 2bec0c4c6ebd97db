#include "outbox.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace sockeye::app {

struct outbox::state {
    std::mutex mutex;
    std::condition_variable idle;
    std::deque<std::function<void()>> calls;
    bool posted = false; // a shard is to make the calls, or is about it
    bool calling = false;
    bool closed = false;

    void make_calls() {
        std::unique_lock lock(mutex);
        calling = true;
        while (!calls.empty()) {
            {
                const auto call = std::move(calls.front());
                calls.pop_front();
                lock.unlock();
                call();
            }
            lock.lock();
        }
        calling = false;
        posted = false;
        idle.notify_all();
    }
};

outbox::outbox(engineio::shards& shards) : shards_(shards), state_(std::make_shared<state>()) {}

outbox::~outbox() {
    close();
}

void outbox::add(std::function<void()> call) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->closed) state_->calls.push_back(std::move(call));
}

void outbox::flush() {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->calls.empty() || std::exchange(state_->posted, true)) return;
    }
    shards_.post(0, [state = state_] { state->make_calls(); });
}

void outbox::close() {
    std::deque<std::function<void()>> unmade; // end behind the lock
    std::unique_lock lock(state_->mutex);
    state_->closed = true;
    unmade.swap(state_->calls);
    state_->idle.wait(lock, [this] { return !state_->calling; });
}

std::size_t outbox::size() const {
    const std::lock_guard lock(state_->mutex);
    return state_->calls.size();
}

} // namespace sockeye::app
