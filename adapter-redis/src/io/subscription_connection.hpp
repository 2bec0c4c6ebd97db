#pragma once

#include "io/link_connection.hpp"
#include "state/subscription_table.hpp"

namespace sockeye::adapter_redis {

/// Subscribes, hands out what comes, and subscribes again whenever the connection was lost. There
/// is none until somebody wants one. On the link's thread.
class subscription_connection final : link_user {
public:
    subscription_connection(io_context& context, asio::ssl::context& tls,
                            const redis_options& options);

    void add(pubsub::subscription_id which, channel_kind kind, const std::string& name,
             pubsub::message_handler handler, std::function<void()> ready);
    void remove(pubsub::subscription_id which);
    void stop() {
        connection_.stop();
        repeat_.cancel();
    }

private:
    void on_ready() override;
    void on_reply(reply pushed) override;
    void on_written() override {}
    void on_lost() override {}
    void ping() override;

    void write(std::string commands);
    void repeat_soon();

    const redis_options& options_;
    link_connection connection_;
    subscription_table table_;
    bool started_ = false;
    asio::steady_timer repeat_;
    bool repeating_ = false; // the timer is set
};

} // namespace sockeye::adapter_redis
