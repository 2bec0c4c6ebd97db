#pragma once

#include <sockeye/app/store.hpp>

#include <mutex>
#include <vector>

namespace sockeye::app {

/// Subscriptions of a service that are to end.
class unwanted_subscriptions {
public:
    explicit unwanted_subscriptions(store& to) : store_(to) {}

    /// Under the lock of whoever decides; calls nothing.
    void add(store::subscription_id which) {
        const std::lock_guard lock(mutex_);
        all_.push_back(which);
    }
    /// Without that lock.
    void end() {
        std::vector<store::subscription_id> ended;
        {
            const std::lock_guard lock(mutex_);
            ended.swap(all_);
        }
        for (const store::subscription_id one : ended)
            store_.unsubscribe(one);
    }

private:
    store& store_;
    std::mutex mutex_;
    std::vector<store::subscription_id> all_;
};

} // namespace sockeye::app
