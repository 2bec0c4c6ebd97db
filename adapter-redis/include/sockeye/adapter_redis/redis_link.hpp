#pragma once

#include <sockeye/adapter_redis/options.hpp>
#include <sockeye/adapter_redis/redis_client.hpp>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace sockeye::adapter_redis {

class link_core;
class link_ledger;

// A server's link to Redis: a connection for commands and, once there is a subscription, another
// one for these. It connects by itself, at once and whenever a connection is lost, and restores the
// subscriptions. Commands wait meanwhile, within a limit; or fail, if the options say so.
//
// It has a thread of its own: what comes from Redis is read and decoded without holding up a shard,
// and a program that only publishes needs no server. Or it lives on a loop that is there already:
// then no thread has to be woken for what that one asks. All handlers are called on its thread.
//
// Each server must have its own link: Redis counts connections, and adapters count on that.
class redis_link final : public redis_client {
public:
    // Throws std::system_error if the files for TLS cannot be used.
    explicit redis_link(redis_options options);
    // On that loop, which must run no more when the link ends: what waits then is not sent.
    redis_link(redis_options options, boost::asio::io_context& loop);
    // One of several that count together: internal.
    redis_link(redis_options options, std::shared_ptr<link_ledger> ledger);
    // Sends what waits, within `close_timeout`. Commands without an answer get an error. In a
    // handler of its own it does not wait for that, and nothing is logged any more.
    ~redis_link() override;
    redis_link(const redis_link&) = delete;
    redis_link& operator=(const redis_link&) = delete;

    // Only of one on a loop, which runs no more: whoever has no answer is told, and whoever asks
    // from now on.
    void end();

    // Answered in order. Not for commands that block: others would wait for them. Without a handler
    // as say_for.
    void command(const std::vector<std::string>& words, reply_handler then = {});
    // Where a server of a cluster has sent us for a key that is still on its way.
    void command_after_asking(const std::vector<std::string>& words, reply_handler then = {});
    void command_for(std::string_view key, const std::vector<std::string>& words,
                     reply_handler then) override;
    void say_for(std::string_view key, const std::vector<std::string>& words,
                 reply_handler then) override;
    [[nodiscard]] bool reaches(std::string_view key) const override;
    [[nodiscard]] redis_options options_for(std::string_view key) const override;

    void publish(channel_kind kind, std::string_view channel, std::string_view payload) override;
    subscription_id subscribe(channel_kind kind, std::string_view name, message_handler handler,
                              std::function<void()> ready) override;
    void unsubscribe(subscription_id which) override;
    void count_subscribers(channel_kind kind, std::string_view channel,
                           count_handler then) override;

    [[nodiscard]] link_counters counters() const override;
    // As given: for another link to the same Redis.
    [[nodiscard]] const redis_options& options() const;
    [[nodiscard]] bool has_own_thread() const { return thread_.joinable(); }

private:
    std::shared_ptr<link_core> core_;
    std::thread thread_;
};

} // namespace sockeye::adapter_redis
