#pragma once

#include "io/link_connection.hpp"
#include "state/command_queue.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace sockeye::adapter_redis {

/// Why a command has failed that Redis has never seen, because the link was closed before.
inline constexpr std::string_view never_sent = "the link to Redis is closed";

/// Sends commands in the order in which they come, many in one write, and hands out the answers.
class command_connection final : link_user {
public:
    command_connection(io_context& context, asio::ssl::context& tls, const redis_options& options);

    // From any thread. `answers`: as of command_queue::add.
    void send(std::string_view command, command_queue::handler then, std::size_t answers = 1);
    [[nodiscard]] link_counters counters() const;

    // On the link's thread.
    void start() { connection_.start(); }
    void when_idle(std::function<void()> then); // once nothing waits any more
    void stop();

private:
    void on_ready() override;
    void on_reply(reply answer) override;
    void on_written() override;
    void on_lost() override;
    void ping() override;

    void drop(command_queue::handler then, const char* why);
    void flush();
    void check_idle();
    void call(const command_queue::handler& handler, reply answer);
    void fail(const std::vector<command_queue::handler>& handlers, std::string_view why);

    io_context& context_;
    const redis_options& options_;
    link_connection connection_;
    std::function<void()> idle_;

    mutable std::mutex mutex_; // held for a few lines, never while calling out; guards the rest
    command_queue queue_;
    link_counters counters_;
    bool flush_posted_ = false;
    bool dropping_ = false; // and this has been reported, until all that waited is written
};

} // namespace sockeye::adapter_redis
