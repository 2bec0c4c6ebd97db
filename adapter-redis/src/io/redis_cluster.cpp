#include "io/cluster_map.hpp"
#include "io/cluster_refresher.hpp"
#include "io/own_thread.hpp"

#include <sockeye/adapter_redis/redis_cluster.hpp>

#include <utility>

namespace sockeye::adapter_redis {

redis_cluster::redis_cluster(redis_cluster_options options)
    : map_(std::make_shared<cluster_map>(options)),
      refresher_(std::make_shared<cluster_refresher>(map_, options.refresh_interval)) {
    map_->on_put_off([weak = std::weak_ptr(refresher_)] {
        if (const auto refresher = weak.lock()) refresher->hurry();
    });
    thread_ = std::thread([refresher = refresher_] { refresher->run(); });
}

redis_cluster::~redis_cluster() {
    refresher_->end();
    if (is_own_thread) // a link's, for which the refresher may be waiting, or the refresher's
        thread_.detach();
    else
        thread_.join();
    map_->close();
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

void redis_cluster::say_for(std::string_view key, const std::vector<std::string>& words,
                            reply_handler then) {
    map_->say_for(key, words, std::move(then));
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
