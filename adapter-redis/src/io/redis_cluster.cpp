#include "io/cluster_map.hpp"

#include <sockeye/adapter_redis/redis_cluster.hpp>

#include <utility>

namespace sockeye::adapter_redis {

redis_cluster::redis_cluster(redis_cluster_options options)
    : options_(std::move(options)), map_(std::make_shared<cluster_map>(options_)),
      thread_([this] { refresh_regularly(); }) {}

redis_cluster::~redis_cluster() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    ending_.notify_all();
    thread_.join();
    map_->close();
}

// Often at first: nothing is heard before the cluster's shape is known.
void redis_cluster::refresh_regularly() {
    auto pause = std::chrono::milliseconds(1);
    std::unique_lock lock(mutex_);
    while (!ending_.wait_for(lock, pause, [this] { return ended_; })) {
        lock.unlock();
        map_->refresh();
        map_->drop_former();
        lock.lock();
        pause = std::min(pause * 2, options_.refresh_interval);
    }
}

void redis_cluster::publish(channel_kind kind, std::string_view channel, std::string_view payload) {
    map_->publish(kind, channel, payload);
}

pubsub::subscription_id redis_cluster::subscribe(channel_kind kind, std::string_view name,
                                                 message_handler handler,
                                                 std::function<void()> ready) {
    return map_->subscribe(kind, name, std::move(handler), std::move(ready));
}

void redis_cluster::unsubscribe(subscription_id which) {
    map_->unsubscribe(which);
}

void redis_cluster::count_subscribers(channel_kind kind, std::string_view channel,
                                      count_handler then) {
    map_->count_subscribers(kind, channel, std::move(then));
}

void redis_cluster::command_for(std::string_view key, const std::vector<std::string>& words,
                                reply_handler then) {
    map_->command_for(key, words, std::move(then));
}

bool redis_cluster::reaches(std::string_view key) const {
    return map_->reaches(key);
}

redis_options redis_cluster::options_for(std::string_view key) const {
    return map_->options_for(key);
}

link_counters redis_cluster::counters() const {
    return map_->counters();
}

} // namespace sockeye::adapter_redis
