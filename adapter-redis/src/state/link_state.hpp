#pragma once

#include <sockeye/adapter_redis/options.hpp>
#include <sockeye/adapter_redis/reply.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace sockeye::adapter_redis {

using time_point = std::chrono::steady_clock::time_point;

/// What a connection does for its state. Nothing may call back before it has returned.
class link_host {
public:
    virtual void connect() = 0; // then on_connected or on_lost
    virtual void disconnect() = 0;
    virtual void greet(std::initializer_list<std::string_view> command) = 0; // then on_greeting
    virtual void ping() = 0;                                                 // then on_input
    virtual void ready() = 0;
    virtual void lost() = 0;                   // after ready
    virtual void wake_at(time_point when) = 0; // then on_deadline; instead of an earlier wish
    virtual void report(engineio::log_level level, const std::string& line) = 0;

protected:
    ~link_host() = default;
};

/// One connection to Redis, which is made again whenever it is lost.
///
///     waiting -> connecting -> greeting -> ready
///        ^___________|____________|__________|
///
/// Greeting is to authenticate, to select the database, and to learn whether Redis does anything
/// for us: one that is loading its data or wants a password says so now; and, where sentinels have
/// sent us, whether it is a master.
class link_state {
public:
    /// `purpose` is for the log.
    link_state(const redis_options& options, link_host& host, std::string_view purpose,
               std::uint64_t seed);

    void start(time_point now);
    void on_connected(time_point now);
    void on_greeting(const reply& answer, time_point now);
    void on_input(time_point now); // anything at all, which is a sign of life
    void on_lost(std::string_view why, time_point now);
    void on_deadline(time_point now);
    void stop();

    [[nodiscard]] bool is_greeting() const { return state_ == state::greeting; }
    [[nodiscard]] bool is_ready() const { return state_ == state::ready; }

private:
    enum class state : std::uint8_t {
        stopped,    // nothing happens until start
        waiting,    // before the next attempt
        connecting, // to the network, with TLS if that is wanted
        greeting,   // commands of ours are not answered yet
        ready,
    };

    void connect(time_point now);
    void wake_at(time_point when);
    void watch(time_point now);
    void retry(std::string_view why, time_point now);
    void report_failure(std::string_view why, bool was_ready);
    milliseconds next_delay();

    const redis_options& options_;
    link_host& host_;
    const std::string name_;
    std::mt19937 random_;
    state state_ = state::stopped;
    unsigned greetings_ = 0; // commands of the greeting that are not answered
    time_point deadline_{};
    milliseconds delay_;      // before the next attempt, without the random part
    bool away_ = false;       // that Redis is away has been reported
    time_point last_input_{}; // while ready
    std::optional<time_point> pinged_;
};

} // namespace sockeye::adapter_redis
