#include "io/cluster_refresher.hpp"

#include "io/cluster_map.hpp"
#include "io/own_thread.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::adapter_redis {

cluster_refresher::cluster_refresher(std::shared_ptr<cluster_map> map,
                                     std::chrono::milliseconds interval)
    : map_(std::move(map)), interval_(interval) {}

// Often at first: nothing is heard before the cluster's shape is known.
void cluster_refresher::run() {
    is_own_thread = true;
    auto pause = std::chrono::milliseconds(1);
    std::unique_lock lock(mutex_);
    while (!ended_) {
        if (std::chrono::steady_clock::now() < next_) {
            changed_.wait_until(lock, next_);
            continue;
        }
        next_ = std::chrono::steady_clock::now() + pause;
        pause = std::min(pause * 2, interval_);
        lock.unlock();
        map_->refresh();
        map_->drop_former();
        map_->send_put_off();
        lock.lock();
    }
}

void cluster_refresher::hurry() {
    constexpr std::chrono::milliseconds moment(20);
    const std::lock_guard lock(mutex_);
    const auto soon = std::chrono::steady_clock::now() + moment;
    if (soon >= next_) return;
    next_ = soon;
    changed_.notify_all();
}

void cluster_refresher::end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
}

} // namespace sockeye::adapter_redis
