#pragma once

#include <sockeye/engineio/error.hpp>

#include <array>
#include <atomic>
#include <cstdint>

namespace sockeye::engineio {

// A number that one thread changes and any thread may read. The owner's update is a plain load and
// store: no locked instruction on the message path.
class counter {
public:
    void add(std::uint64_t n = 1) { value_.store(value() + n, std::memory_order_relaxed); }
    void sub(std::uint64_t n = 1) { value_.store(value() - n, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// What one shard counts, or, as `totals`, the sum over all of them. Gauges are marked; the rest
// only grow.
template<class Number>
struct basic_counters {
    Number connections;          // gauge: open TCP connections
    Number connections_accepted; //
    Number connections_refused;  // over a connection limit, or no descriptor left
    Number sessions;             // gauge: Engine.IO sessions
    Number sessions_opened;
    Number sessions_upgraded;
    Number connections_moved; // handed to the shard of their session
    Number packets_in;        // of all types
    Number packets_out;       //
    Number bytes_in;          // of packets, without framing
    Number bytes_out;         //
    Number socket_bytes_in;   // as read from and written to the network, TLS not counted
    Number socket_bytes_out;
    Number writes;           // system calls that wrote
    Number queued_bytes;     // gauge: waiting to be written
    Number dropped_volatile; // not writable at that moment
    Number dropped_overflow; // queue full, by the policies that drop
    Number dropped_closed; // sent to a session that is closing, or left in its queue when it ended
    Number requests;       // HTTP requests, upgrades included
    Number requests_timed_out;                        // head, body or TLS handshake too slow
    Number requests_oversized;                        // 413, 414, 431
    Number requests_malformed;                        // 400, 501, 505 before any routing
    Number handshakes_limited;                        // over their rate, or the number of sessions
    Number reads_paused;                              // own output above its mark
    std::array<Number, 6> request_errors;             // by request_error
    std::array<Number, close_reason_count> closed_by; // by close_reason
};

using shard_counters = basic_counters<counter>;
using counter_totals = basic_counters<std::uint64_t>;

void accumulate(counter_totals& totals, const shard_counters& shard);

} // namespace sockeye::engineio
