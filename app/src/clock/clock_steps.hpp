#pragma once

#include "clock/timing.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What shared clocks keep in the store, the transactions on it, and what is published.
namespace sockeye::app::clock_steps {

/// A session's id is a part of keys that have a colon after it, or others in its place.
[[nodiscard]] bool is_session_id(std::string_view text);

[[nodiscard]] std::string data_key(const std::string& session);     // the contract's, like the
[[nodiscard]] std::string timing_key(const std::string& session);   // next
[[nodiscard]] std::string tick_channel(const std::string& session); // two
[[nodiscard]] std::string owner_key(const std::string& session);    // whose lease ticks it
[[nodiscard]] std::string lease_key(const std::string& lease);      // lapses
[[nodiscard]] std::string owned_key(const std::string& lease);      // set: which sessions
inline const std::string leases_key = "clock:leases";               // set: all, also dead ones
inline const std::string changes_channel = "clock:changes";         // for all instances

/// What the store has.
struct stored_timing {
    std::string session;
    timing value;
    std::string owner;                                       // empty: nobody's
    bool exists = false;                                     // if not, it is stopped, at 0
    std::vector<std::pair<std::string, std::string>> fields; // those that `value` was read from
};

/// Takes two replies to read.
void look(transaction& in, const std::string& session);
stored_timing read_look(std::string session, const store_reply* replies,
                        const clock_options& options);

// Each on the condition that nothing has changed since it was read, and each says what it has done
// to all instances: so they hear of a session's changes in the one order in which these happened.

/// One that begins to play is the lease's, unless it is somebody's already.
transaction change(const stored_timing& from, const timing& to, const std::string& lease,
                   milliseconds now, const clock_options& options);
/// From a lease that is not there any more to one that is.
transaction take_over(const stored_timing& from, const std::string& lease);
/// Nobody ticks it any more.
transaction release(const stored_timing& from);
/// What is not the lease's is not among its sessions either. Says nothing.
transaction strike(const stored_timing& from, const std::string& lease);
/// For those that have missed it.
transaction say_again(const stored_timing& from);

struct clock_change {
    std::string session;
    timing now;
    std::string owner;
};
std::optional<clock_change> read_change(std::string_view text);

[[nodiscard]] std::string write_tick(const clock_tick& tick);
std::optional<clock_tick> read_tick(std::string_view text);

} // namespace sockeye::app::clock_steps
