#pragma once

#include "io/link_connection.hpp"
#include "state/command_queue.hpp"
#include "state/link_ledger.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace sockeye::adapter_redis {

/// Sends commands in the order in which they come, many in one write, and hands out the answers.
class command_connection final : link_user {
public:
    command_connection(io_context& context, asio::ssl::context& tls, const redis_options& options,
                       link_ledger& ledger);

    // From any thread. `answers`: as of command_queue::add.
    void send(std::string_view command, command_queue::waiter who, std::size_t answers = 1);
    [[nodiscard]] link_counters counters() const;

    // On the link's thread.
    void start() { connection_.start(); }
    void when_idle(std::function<void()> then); // once nothing waits any more
    void stop(); // who asks from then on is told at once that it is too late

private:
    void on_ready() override;
    void on_reply(reply answer) override;
    void on_written() override;
    void on_lost() override;
    void ping() override;

    void drop(command_queue::waiter who, const char* why);
    void flush();
    void check_idle();
    void tell(const command_queue::waiter& who, reply answer);
    void fail(const std::vector<command_queue::waiter>& those, std::string_view why);
    void count_unanswered(const std::vector<command_queue::waiter>& those);

    io_context& context_;
    const redis_options& options_;
    link_ledger& ledger_;
    link_connection connection_;
    std::function<void()> idle_;

    mutable std::mutex mutex_; // held for a few lines, never while calling out; guards the rest
    command_queue queue_;
    bool connected_ = false;
    bool stopped_ = false;
    bool flush_posted_ = false;
    bool dropping_ = false; // and this has been reported, until all that waited is written
};

} // namespace sockeye::adapter_redis
