#include "io/subscription_connection.hpp"

#include <exception>

namespace sockeye::adapter_redis {

using engineio::log_level;

namespace {

constexpr milliseconds repeat_delay(100);

} // namespace

subscription_connection::subscription_connection(io_context& context, asio::ssl::context& tls,
                                                 const redis_options& options)
    : options_(options), connection_(context, tls, options, "subscriptions", *this),
      repeat_(context) {}

void subscription_connection::add(pubsub::subscription_id which, channel_kind kind,
                                  const std::string& name, pubsub::message_handler handler,
                                  std::function<void()> ready) {
    write(table_.add(which, kind, name, std::move(handler), std::move(ready)));
    if (!std::exchange(started_, true)) connection_.start();
}

void subscription_connection::remove(pubsub::subscription_id which) {
    write(table_.remove(which));
}

void subscription_connection::write(std::string commands) {
    if (connection_.is_ready() && !commands.empty()) connection_.write(std::move(commands));
}

void subscription_connection::on_ready() {
    write(table_.restore());
}

void subscription_connection::on_reply(reply pushed) {
    try {
        const std::string_view error = table_.on_push(pushed);
        if (table_.is_lacking()) repeat_soon();
        if (error.empty()) return;
        options_.log(log_level::error, "redis: cannot subscribe: " + std::string(error));
    } catch (const std::exception& thrown) {
        options_.log(log_level::error,
                     std::string("redis: exception out of a subscriber: ") + thrown.what());
    }
}

void subscription_connection::repeat_soon() {
    if (std::exchange(repeating_, true)) return;
    repeat_.expires_after(repeat_delay);
    repeat_.async_wait([this](const error_code& error) {
        repeating_ = false;
        if (!error) write(table_.repeat());
    });
}

void subscription_connection::ping() {
    std::string command;
    append_command(command, {"PING"});
    write(std::move(command));
}

} // namespace sockeye::adapter_redis
