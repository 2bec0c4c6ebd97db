#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace sockeye::adapter_redis {

class cluster_map;

// Looks at the shape of a cluster now and then, until it is told to end.
class cluster_refresher {
public:
    cluster_refresher(std::shared_ptr<cluster_map> map, std::chrono::milliseconds interval);

    void run();
    void end();
    // A moment later at the latest.
    void hurry();

private:
    const std::shared_ptr<cluster_map> map_;
    const std::chrono::milliseconds interval_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool ended_ = false;
    std::chrono::steady_clock::time_point next_ = {};
};

} // namespace sockeye::adapter_redis
