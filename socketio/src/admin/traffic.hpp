#pragma once

#include <sockeye/engineio/counters.hpp>
#include <sockeye/engineio/error.hpp>
#include <sockeye/socketio/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sockeye::socketio::admin {

// What is counted of a shard's connections, and shown second by second.
enum class measure : std::uint8_t {
    raw_connection,
    packets_in, // of those that carry data
    bytes_in,
    packets_out,
    bytes_out,
    raw_disconnection, // and those behind it: one a close_reason
};
inline constexpr std::size_t measure_count =
    static_cast<std::size_t>(measure::raw_disconnection) + engineio::close_reason_count;

using traffic_totals = std::array<std::uint64_t, measure_count>;

// Written by its shard's thread, read by any.
class traffic_counters {
public:
    void add(measure what, std::uint64_t n = 1) { counts_[static_cast<std::size_t>(what)].add(n); }
    void add_disconnection(engineio::close_reason why);
    void add_to(traffic_totals& sum) const;

    engineio::counter polling_clients; // gauge

private:
    std::array<engineio::counter, measure_count> counts_;
};

// Turns totals, looked at now and then, into what came in each second: the packet's path need not
// look at the clock.
class traffic_history {
public:
    // `second`: since 1970, in which the time since the last sample began.
    void sample(const traffic_totals& now, std::int64_t second);
    // The aggregatedEvents since the last time.
    [[nodiscard]] array take();

private:
    struct bucket {
        std::int64_t second;
        traffic_totals counts;
    };
    traffic_totals before_{};
    std::vector<bucket> buckets_;
};

} // namespace sockeye::socketio::admin
