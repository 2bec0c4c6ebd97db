#pragma once

#include <sockeye/engineio/counters.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace sockeye::socketio {

// What one shard counts of Socket.IO, or, as `socketio_totals`, the sum over all of them.
template<class Number>
struct basic_socketio_counters {
    Number sockets; // gauge: clients in namespaces, connected
    Number connects;
    Number connects_refused; // by a middleware, an unknown namespace or a limit
    Number connects_timed_out;
    Number events_in;
    Number events_unhandled; // no handler of that name
    Number acks_in;
    Number acks_unknown;   // nobody waits for them (any more)
    Number acks_timed_out; // those that we waited for
    Number acks_refused;   // beyond max_pending_acks
    Number emits;          // events to one socket
    Number broadcasts;
    Number encodes; // packets laid out: one per emit or broadcast, whatever the recipients
    Number deliveries;
    Number packets_invalid;     // the client broke the protocol
    Number argument_mismatches; // arguments of other types than the handler's
    Number handler_exceptions;
    Number rooms_refused; // beyond max_rooms_per_socket or max_room_name_length
    Number sessions_saved;
    Number sessions_recovered;
    Number recoveries_unknown;   // no such session, or no longer
    Number recoveries_forgotten; // the session was there; what it missed was not, or was too much
    Number cluster_messages_malformed; // what came from other servers and is no message
    Number cluster_messages_dropped;   // too many of them waited to be handled
};

using socketio_counters = basic_socketio_counters<engineio::counter>;
using socketio_totals = basic_socketio_counters<std::uint64_t>;

// All of them by name, for those who show them.
struct named_counter {
    std::string_view name;
    std::uint64_t socketio_totals::*total;
    engineio::counter socketio_counters::*of_shard;
};
std::span<const named_counter> all_counters();
void accumulate(socketio_totals& totals, const socketio_counters& shard);

} // namespace sockeye::socketio
