#include "io/command_connection.hpp"

#include <boost/asio/post.hpp>

#include <exception>

namespace sockeye::adapter_redis {

using engineio::log_level;
using lock = std::lock_guard<std::mutex>;

namespace {

constexpr std::string_view never_answered = "the connection to Redis was lost";

reply failure(std::string_view why) {
    return {.kind = reply_kind::error, .text = std::string(why)};
}

} // namespace

command_connection::command_connection(io_context& context, asio::ssl::context& tls,
                                       const redis_options& options)
    : context_(context), options_(options), connection_(context, tls, options, "commands", *this),
      queue_(options.max_queue_bytes) {}

void command_connection::send(std::string_view command, command_queue::handler then,
                              std::size_t answers) {
    bool away = false;
    bool reported = false;
    {
        const lock held(mutex_);
        away = !counters_.connected && !options_.queue_while_away;
        if (!away && queue_.add(command, then, answers)) {
            // One flush takes whatever has come until it runs.
            if (std::exchange(flush_posted_, true)) return;
            asio::post(context_, [this] { flush(); });
            return;
        }
        ++counters_.dropped;
        reported = away || std::exchange(dropping_, true);
    }
    if (!reported) {
        options_.log(log_level::error, "redis: more than " +
                                           std::to_string(options_.max_queue_bytes) +
                                           " bytes wait to be sent, dropping what comes");
    }
    drop(std::move(then), away ? "Redis is away" : "too much is waiting for Redis");
}

void command_connection::drop(command_queue::handler then, const char* why) {
    if (!then) return;
    asio::post(context_, [this, then = std::move(then), why] { call(then, failure(why)); });
}

link_counters command_connection::counters() const {
    const lock held(mutex_);
    link_counters now = counters_;
    now.queued_bytes = queue_.bytes();
    return now;
}

void command_connection::flush() {
    std::string bytes;
    {
        const lock held(mutex_);
        flush_posted_ = false;
        if (!connection_.is_ready() || connection_.is_writing() || !queue_.has_waiting()) return;
        bytes = queue_.take();
    }
    connection_.write(std::move(bytes));
}

void command_connection::on_ready() {
    {
        const lock held(mutex_);
        counters_.connected = true;
        ++counters_.connects;
    }
    flush();
}

void command_connection::on_reply(reply answer) {
    command_queue::handler handler;
    {
        const lock held(mutex_);
        if (!queue_.answered(handler)) return;
    }
    call(handler, std::move(answer));
    check_idle();
}

void command_connection::on_written() {
    {
        const lock held(mutex_);
        queue_.written();
        if (!queue_.has_waiting()) dropping_ = false;
    }
    flush();
}

void command_connection::on_lost() {
    std::vector<command_queue::handler> unanswered;
    {
        const lock held(mutex_);
        counters_.connected = false;
        if (!options_.queue_while_away) static_cast<void>(queue_.take());
        unanswered = queue_.abandon();
        counters_.failed += unanswered.size();
    }
    fail(unanswered, never_answered);
}

/// What is unanswered already brings a sign of life, if there is any.
void command_connection::ping() {
    {
        const lock held(mutex_);
        if (!queue_.is_idle()) return;
    }
    std::string command;
    append_command(command, {"PING"});
    send(command, {});
}

void command_connection::when_idle(std::function<void()> then) {
    idle_ = std::move(then);
    check_idle();
}

void command_connection::check_idle() {
    if (!idle_) return;
    {
        const lock held(mutex_);
        if (!queue_.is_idle()) return;
    }
    std::exchange(idle_, {})();
}

void command_connection::stop() {
    connection_.stop();
    std::vector<command_queue::handler> unanswered;
    std::vector<command_queue::handler> unsent;
    {
        const lock held(mutex_);
        unanswered = queue_.abandon();
        static_cast<void>(queue_.take());
        unsent = queue_.abandon();
    }
    fail(unanswered, never_answered);
    fail(unsent, never_sent);
}

void command_connection::call(const command_queue::handler& handler, reply answer) {
    if (!handler) return;
    try {
        handler(std::move(answer));
    } catch (const std::exception& thrown) {
        options_.log(log_level::error,
                     std::string("redis: exception out of a handler of a reply: ") + thrown.what());
    }
}

void command_connection::fail(const std::vector<command_queue::handler>& handlers,
                              std::string_view why) {
    for (const auto& handler : handlers) {
        call(handler, failure(why));
    }
}

} // namespace sockeye::adapter_redis
