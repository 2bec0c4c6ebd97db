#pragma once

#include <sockeye/adapter_redis/redis_link.hpp>

#include <memory>
#include <vector>

namespace sockeye::engineio {
class http_server;
class shards;
} // namespace sockeye::engineio

namespace sockeye::adapter_redis {

// A link on each of a server's threads: what is said there, and what Redis answers, wakes no other.
// Other threads speak over the first shard's, which also has all subscriptions: Redis counts one
// subscriber for a server. What two threads say has no order.
//
// For servers with threads of their own. The server must have stopped when this ends; what waits
// then is not sent: see drain, ahead of the server's stop.
class shard_links final : public redis_client {
public:
    // Throws std::system_error if the files for TLS cannot be used.
    shard_links(const redis_options& options, engineio::http_server& server);
    ~shard_links() override;

    void drain(milliseconds limit) override;
    // The sums; connected where all are.
    [[nodiscard]] link_counters counters() const override;

    void command_for(std::string_view key, const std::vector<std::string>& words,
                     reply_handler then) override;
    void say_for(std::string_view key, const std::vector<std::string>& words,
                 reply_handler then) override;
    [[nodiscard]] bool reaches(std::string_view key) const override;
    [[nodiscard]] redis_options options_for(std::string_view key) const override;
    [[nodiscard]] std::unique_ptr<redis_link> open_link(const redis_options& options,
                                                        unsigned shard) const override;

    void publish(channel_kind kind, std::string_view channel, std::string_view payload) override;
    subscription_id subscribe(channel_kind kind, std::string_view name, message_handler handler,
                              std::function<void()> ready) override;
    void unsubscribe(subscription_id which) override;
    void count_subscribers(channel_kind kind, std::string_view channel,
                           count_handler then) override;

private:
    [[nodiscard]] redis_link& here() const; // this thread's

    engineio::http_server& server_;
    engineio::shards& shards_;
    std::vector<std::unique_ptr<redis_link>> links_;
};

} // namespace sockeye::adapter_redis
