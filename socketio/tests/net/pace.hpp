#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

namespace sockeye::socketio {

// Keeps who sends from running far ahead of those who listen, so that what these do meanwhile
// meets messages on their way.
class pace {
public:
    explicit pace(std::size_t listeners) : heard_(listeners) {}

    void heard(std::size_t listener) {
        const std::lock_guard lock(mutex_);
        ++heard_[listener];
        changed_.notify_all();
    }
    // Until everybody has heard all but `lead` of what was sent.
    void wait(std::size_t sent, std::size_t lead) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] {
            return stopped_ || *std::min_element(heard_.begin(), heard_.end()) + lead >= sent;
        });
    }
    void stop() { // nobody waits any more
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::size_t> heard_;
    bool stopped_ = false;
};

} // namespace sockeye::socketio
