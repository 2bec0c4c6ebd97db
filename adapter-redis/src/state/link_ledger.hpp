#pragma once

#include <sockeye/adapter_redis/redis_link.hpp>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace sockeye::adapter_redis {

/// Why a command has failed that Redis has never seen, because the link was closed before.
inline constexpr std::string_view never_sent = "the link to Redis is closed";
inline reply unsent() {
    return {.kind = reply_kind::missing, .text = std::string(never_sent)};
}
inline bool is_unsent(const reply& answer) {
    return answer.kind == reply_kind::missing && answer.text == never_sent;
}

/// What a link counts, or all links of a cluster together, so that what one has counted stays when
/// it ends. From any thread.
class link_ledger {
public:
    using time_point = std::chrono::steady_clock::time_point;

    void connect();
    void drop();
    void fail(std::size_t commands);
    /// The last answer about something said to others; where that is lost, nobody else counts it.
    /// A line for the log, if an episode of losses begins: there was none for a while.
    [[nodiscard]] std::string settle(const reply& answer, time_point now);

    /// Without what is only true at the moment.
    [[nodiscard]] link_counters totals() const;

    static constexpr std::chrono::seconds quiet = std::chrono::seconds(10);

private:
    mutable std::mutex mutex_; // held for a few lines
    link_counters counters_;
    time_point last_loss_ = time_point::min();
};

} // namespace sockeye::adapter_redis
