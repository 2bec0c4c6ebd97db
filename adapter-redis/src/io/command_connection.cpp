#include "io/command_connection.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <exception>

namespace sockeye::adapter_redis {

using engineio::log_level;
using lock = std::lock_guard<std::mutex>;

namespace {

constexpr std::string_view never_answered = "the connection to Redis was lost";

reply failure(std::string_view why) {
    return {.kind = reply_kind::missing, .text = std::string(why)};
}

} // namespace

command_connection::command_connection(io_context& context, asio::ssl::context& tls,
                                       const redis_options& options, link_ledger& ledger)
    : context_(context), options_(options), ledger_(ledger),
      connection_(context, tls, options, "commands", *this), queue_(options.max_queue_bytes) {}

void command_connection::send(std::string_view command, command_queue::waiter who,
                              std::size_t answers) {
    bool away = false;
    bool stopped = false;
    bool reported = false;
    {
        const lock held(mutex_);
        stopped = stopped_;
        away = !connected_ && !options_.queue_while_away;
        if (!stopped && !away && queue_.add(command, who, answers)) {
            // One flush takes whatever has come until it runs.
            if (std::exchange(flush_posted_, true)) return;
            asio::post(context_, [this] { flush(); });
            return;
        }
        reported = stopped || away || std::exchange(dropping_, true);
    }
    if (stopped) return tell(who, unsent()); // nothing that is posted happens any more
    ledger_.drop();
    if (!reported) {
        options_.log(log_level::error, "redis: more than " +
                                           std::to_string(options_.max_queue_bytes) +
                                           " bytes wait to be sent, dropping what comes");
    }
    drop(std::move(who), away ? "Redis is away" : "too much is waiting for Redis");
}

void command_connection::drop(command_queue::waiter who, const char* why) {
    if (!who.then) return;
    asio::post(context_, [this, who = std::move(who), why] { tell(who, failure(why)); });
}

link_counters command_connection::counters() const {
    link_counters now = ledger_.totals();
    const lock held(mutex_);
    now.connected = connected_;
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
        connected_ = true;
    }
    ledger_.connect();
    flush();
}

void command_connection::on_reply(reply answer) {
    command_queue::waiter whose;
    {
        const lock held(mutex_);
        if (!queue_.answered(whose)) return;
    }
    tell(whose, std::move(answer));
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
    std::vector<command_queue::waiter> unanswered;
    {
        const lock held(mutex_);
        connected_ = false;
        if (!options_.queue_while_away) static_cast<void>(queue_.take());
        unanswered = queue_.abandon();
    }
    count_unanswered(unanswered);
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
    std::vector<command_queue::waiter> unanswered;
    std::vector<command_queue::waiter> waiting;
    {
        const lock held(mutex_);
        stopped_ = true;
        unanswered = queue_.abandon();
        static_cast<void>(queue_.take());
        waiting = queue_.abandon();
    }
    count_unanswered(unanswered);
    fail(unanswered, never_answered);
    fail(waiting, never_sent);
}

void command_connection::tell(const command_queue::waiter& who, reply answer) {
    if (who.says) {
        const std::string line = ledger_.settle(answer, std::chrono::steady_clock::now());
        if (!line.empty()) options_.log(log_level::error, line);
    }
    if (!who.then) return;
    try {
        who.then(std::move(answer));
    } catch (const std::exception& thrown) {
        options_.log(log_level::error,
                     std::string("redis: exception out of a handler of a reply: ") + thrown.what());
    }
}

void command_connection::fail(const std::vector<command_queue::waiter>& those,
                              std::string_view why) {
    for (const auto& one : those)
        tell(one, failure(why));
}

/// But for pings, and answers that mean nothing by themselves: nobody waits for these.
void command_connection::count_unanswered(const std::vector<command_queue::waiter>& those) {
    ledger_.fail(static_cast<std::size_t>(std::ranges::count_if(
        those, [](const auto& one) { return one.says || one.then != nullptr; })));
}

} // namespace sockeye::adapter_redis
