#include <sockeye/socketio/counters.hpp>

namespace sockeye::socketio {
namespace {

constexpr named_counter table[] = {
    {"sockets", &socketio_totals::sockets, &socketio_counters::sockets},
    {"connects", &socketio_totals::connects, &socketio_counters::connects},
    {"connects_refused", &socketio_totals::connects_refused, &socketio_counters::connects_refused},
    {"connects_timed_out", &socketio_totals::connects_timed_out,
     &socketio_counters::connects_timed_out},
    {"events_in", &socketio_totals::events_in, &socketio_counters::events_in},
    {"events_unhandled", &socketio_totals::events_unhandled, &socketio_counters::events_unhandled},
    {"acks_in", &socketio_totals::acks_in, &socketio_counters::acks_in},
    {"acks_unknown", &socketio_totals::acks_unknown, &socketio_counters::acks_unknown},
    {"acks_timed_out", &socketio_totals::acks_timed_out, &socketio_counters::acks_timed_out},
    {"acks_refused", &socketio_totals::acks_refused, &socketio_counters::acks_refused},
    {"emits", &socketio_totals::emits, &socketio_counters::emits},
    {"broadcasts", &socketio_totals::broadcasts, &socketio_counters::broadcasts},
    {"encodes", &socketio_totals::encodes, &socketio_counters::encodes},
    {"deliveries", &socketio_totals::deliveries, &socketio_counters::deliveries},
    {"packets_invalid", &socketio_totals::packets_invalid, &socketio_counters::packets_invalid},
    {"argument_mismatches", &socketio_totals::argument_mismatches,
     &socketio_counters::argument_mismatches},
    {"handler_exceptions", &socketio_totals::handler_exceptions,
     &socketio_counters::handler_exceptions},
    {"rooms_refused", &socketio_totals::rooms_refused, &socketio_counters::rooms_refused},
    {"sessions_saved", &socketio_totals::sessions_saved, &socketio_counters::sessions_saved},
    {"sessions_recovered", &socketio_totals::sessions_recovered,
     &socketio_counters::sessions_recovered},
    {"recoveries_unknown", &socketio_totals::recoveries_unknown,
     &socketio_counters::recoveries_unknown},
    {"recoveries_forgotten", &socketio_totals::recoveries_forgotten,
     &socketio_counters::recoveries_forgotten},
    {"cluster_messages_malformed", &socketio_totals::cluster_messages_malformed,
     &socketio_counters::cluster_messages_malformed},
    {"cluster_messages_dropped", &socketio_totals::cluster_messages_dropped,
     &socketio_counters::cluster_messages_dropped},
};

static_assert(sizeof(socketio_totals) == std::size(table) * sizeof(std::uint64_t),
              "a counter is missing in the table");

} // namespace

std::span<const named_counter> all_counters() {
    return table;
}

void accumulate(socketio_totals& totals, const socketio_counters& shard) {
    for (const named_counter& counter : table)
        totals.*counter.total += (shard.*counter.of_shard).value();
}

} // namespace sockeye::socketio
