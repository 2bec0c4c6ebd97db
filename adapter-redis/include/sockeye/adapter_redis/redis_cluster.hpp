#pragma once

#include <sockeye/adapter_redis/options.hpp>
#include <sockeye/adapter_redis/redis_link.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sockeye::adapter_redis {

class cluster_map;
class cluster_refresher;

struct redis_cluster_options {
    std::vector<redis_address> seeds = {}; // of the cluster's servers, some that are likely there
    redis_options each = {};               // but for the host and the port
    // Who has which channels is asked again that often, and when a server says that it has not.
    std::chrono::milliseconds refresh_interval = std::chrono::seconds(1);
    // A command about several keys whose slot is on its way to another server is tried again for so
    // long; then what the server has said (TRYAGAIN) is its answer. As one that must wait for a
    // link to who has the slot, where the links let nothing wait themselves.
    std::chrono::milliseconds moving_timeout = std::chrono::seconds(5);
};

// A server's link to a Redis Cluster: a redis_link for each master. Plain channels are heard, and
// spoken on, at one of them; sharded ones, and keys, at the one that has them. When that changes,
// subscriptions move; what is said in between may be lost. Commands follow their key, and those
// that wait for a server that is not coming back go to its successor.
class redis_cluster final : public redis_client {
public:
    // Throws std::invalid_argument without seeds, and as redis_link does.
    explicit redis_cluster(redis_cluster_options options);
    // As ~redis_link; in a handler of one of its links it does not wait for any of them.
    ~redis_cluster() override;
    redis_cluster(const redis_cluster&) = delete;
    redis_cluster& operator=(const redis_cluster&) = delete;

    void publish(channel_kind kind, std::string_view channel, std::string_view payload) override;
    subscription_id subscribe(channel_kind kind, std::string_view name, message_handler handler,
                              std::function<void()> ready) override;
    void unsubscribe(subscription_id which) override;
    // Of all masters together.
    void count_subscribers(channel_kind kind, std::string_view channel,
                           count_handler then) override;

    void command_for(std::string_view key, const std::vector<std::string>& words,
                     reply_handler then) override;
    void say_for(std::string_view key, const std::vector<std::string>& words,
                 reply_handler then) override;
    [[nodiscard]] bool reaches(std::string_view key) const override;
    [[nodiscard]] redis_options options_for(std::string_view key) const override;

    // Of all links together, those that have ended among them. Connected: to all masters.
    [[nodiscard]] link_counters counters() const override;

private:
    std::shared_ptr<cluster_map> map_;
    std::shared_ptr<cluster_refresher> refresher_;
    std::thread thread_; // the refresher's
};

// Reads `redis+cluster://[user[:password]@]host[:port][,host[:port]…]`, or `rediss+cluster://…` for
// the same over TLS; throws as parse_redis_url.
redis_cluster_options parse_redis_cluster_url(std::string_view url);
// Whether it begins as one of these.
bool is_redis_cluster_url(std::string_view url);

// Whether a part of it in braces decides about its slot: then all keys that begin with it share it.
bool has_hash_tag(std::string_view key);

} // namespace sockeye::adapter_redis
