#pragma once

#include "codec/resp.hpp"
#include "io/link_stream.hpp"
#include "state/link_state.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace sockeye::adapter_redis {

/// Whom a connection works for.
class link_user {
public:
    virtual void on_ready() = 0;
    virtual void on_reply(reply answer) = 0;
    virtual void on_written() = 0; // all that was handed to write()
    virtual void on_lost() = 0;    // after on_ready
    virtual void ping() = 0;       // must be written like any other command

protected:
    ~link_user() = default;
};

/// A connection to Redis that is kept up: the network, the clock and the buffers of a link_state.
class link_connection final : link_host {
public:
    link_connection(io_context& context, asio::ssl::context& tls, const redis_options& options,
                    std::string_view purpose, link_user& user);

    void start();
    void stop();

    /// While ready.
    void write(std::string bytes);
    [[nodiscard]] bool is_ready() const { return state_.is_ready(); }
    [[nodiscard]] bool is_writing() const { return writing_; }

private:
    using stream_ptr = std::shared_ptr<link_stream>;

    void connect() override;
    void disconnect() override;
    void greet(std::initializer_list<std::string_view> command) override;
    void ping() override { user_.ping(); }
    void ready() override;
    void lost() override { user_.on_lost(); }
    void wake_at(time_point when) override;
    void report(engineio::log_level level, const std::string& line) override;

    asio::awaitable<void> run(std::uint64_t attempt);
    asio::awaitable<std::optional<redis_address>> find_master(std::uint64_t attempt);
    asio::awaitable<void> watch_master(std::uint64_t attempt);
    stream_ptr open_stream(const redis_address& to);
    void take_replies(std::uint64_t attempt, reply_reader& reader);
    void flush();
    void on_end(std::uint64_t attempt, std::string_view why);
    void spawn(asio::awaitable<void> work);

    io_context& context_;
    asio::ssl::context& tls_;
    const redis_options& options_;
    link_user& user_;
    link_state state_;
    asio::steady_timer timer_;
    std::uint64_t attempt_ = 0; // what belongs to an earlier one does nothing any more
    stream_ptr stream_;         // to Redis, or to a sentinel
    stream_ptr watched_;        // to a sentinel, while ready
    asio::steady_timer watch_again_;
    bool writing_ = false;
    std::string to_write_; // when that is done
};

} // namespace sockeye::adapter_redis
