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
    while (!ending_.wait_for(lock, pause, [this] { return ended_; })) {
        lock.unlock();
        map_->refresh();
        map_->send_put_off();
        map_->drop_former();
        lock.lock();
        pause = std::min(pause * 2, interval_);
    }
}

void cluster_refresher::end() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    ending_.notify_all();
}

} // namespace sockeye::adapter_redis
