#include "server/health.hpp"

#include "server/metrics.hpp"

namespace sockeye::app {

using socketio::object;

namespace {

void write_connections(metrics_text& out, const engineio::counter_totals& n) {
    out.gauge("sockeye_connections", "Open TCP connections", static_cast<double>(n.connections));
    out.gauge("sockeye_sessions", "Engine.IO sessions", static_cast<double>(n.sessions));
    out.counter("sockeye_connections_accepted_total", "TCP connections", n.connections_accepted);
    out.counter("sockeye_connections_refused_total", "Beyond a limit", n.connections_refused);
    out.counter("sockeye_sessions_opened_total", "Engine.IO sessions", n.sessions_opened);
    out.counter("sockeye_bytes_in_total", "Read from the network", n.socket_bytes_in);
    out.counter("sockeye_bytes_out_total", "Written to the network", n.socket_bytes_out);
    out.counter("sockeye_http_requests_total", "Upgrades included", n.requests);
    out.gauge("sockeye_queued_bytes", "Waiting to be written", static_cast<double>(n.queued_bytes));
    out.begin("sockeye_dropped_total", "Packets that were not sent", "counter");
    out.sample("sockeye_dropped_total", "why", "volatile", static_cast<double>(n.dropped_volatile));
    out.sample("sockeye_dropped_total", "why", "overflow", static_cast<double>(n.dropped_overflow));
    out.sample("sockeye_dropped_total", "why", "closed", static_cast<double>(n.dropped_closed));
}

void write_socketio(metrics_text& out, const socketio::socketio_totals& totals) {
    out.gauge("sockeye_sockets", "Connected sockets", static_cast<double>(totals.sockets));
    out.begin("sockeye_socketio_total", "What Socket.IO counts, by name", "counter");
    for (const auto& one : socketio::all_counters())
        if (one.name != "sockets")
            out.sample("sockeye_socketio_total", "what", one.name,
                       static_cast<double>(totals.*one.total));
}

void write_adapter(metrics_text& out, const adapter_redis::link_counters& n) {
    out.gauge("sockeye_adapter_ready", "1: the other instances can be reached", n.connected);
    out.gauge("sockeye_adapter_queued_bytes", "On their way to other instances",
              static_cast<double>(n.queued_bytes));
    constexpr std::string_view name = "sockeye_adapter_lost_total";
    out.begin(name, "What was not said to other instances", "counter");
    out.sample(name, "why", "dropped", static_cast<double>(n.dropped));
    out.sample(name, "why", "failed", static_cast<double>(n.failed));
    out.sample(name, "why", "refused", static_cast<double>(n.refused));
}

void write_store(metrics_text& out, const store_health& state) {
    out.gauge("sockeye_store_ready", "1: the store can be reached", state.ready);
    out.counter("sockeye_store_reconnects_total", "Connections to the store", state.reconnects);
    out.counter("sockeye_store_failed_total", "Transactions without an answer", state.failed);
    out.gauge("sockeye_store_queued_bytes", "On their way to the store",
              static_cast<double>(state.queued_bytes));
}

void write_event_log(metrics_text& out, const event_log_health& log) {
    out.gauge("sockeye_event_log_ready", "1: the event log's database can be reached", log.ready);
    out.counter("sockeye_event_log_appended_total", "Events on disk", log.appended);
    out.counter("sockeye_event_log_failed_total", "Answered with an error", log.failed);
    out.counter("sockeye_event_log_batches_total", "Transactions", log.batches);
    out.gauge("sockeye_event_log_queued", "Waiting to be written", static_cast<double>(log.queued));
    out.gauge("sockeye_event_log_queued_bytes", "Of these", static_cast<double>(log.queued_bytes));
}

} // namespace

object health(const health_sources& from, milliseconds now) {
    const auto engine = from.io.http().counters();
    const auto totals = from.io.counters();
    object numbers{{"connections", engine.connections},
                   {"sessions", engine.sessions},
                   {"sockets", totals.sockets},
                   {"eventsIn", totals.events_in},
                   {"deliveries", totals.deliveries},
                   {"queuedBytes", engine.queued_bytes},
                   {"requestsFailed", from.asked.failed()},
                   {"adapterReady", !from.others || from.others->counters().connected},
                   {"storeReady", from.state.health().ready},
                   {"eventLogReady", from.log.health().ready}};
    return {{"healthy", true}, {"metrics", std::move(numbers)}, {"timestamp", now.count()}};
}

std::string metrics(const health_sources& from) {
    metrics_text out;
    write_connections(out, from.io.http().counters());
    write_socketio(out, from.io.counters());
    if (from.others) write_adapter(out, from.others->counters());
    write_store(out, from.state.health());
    write_event_log(out, from.log.health());
    out.histogram("sockeye_request_seconds", "From a client's request to its acknowledgement",
                  from.asked.latency());
    out.counter("sockeye_requests_failed_total", "Answered with an error", from.asked.failed());
    out.gauge("sockeye_loop_stall_seconds",
              "The longest that a thread which serves clients was held up, in the last minutes",
              std::chrono::duration<double>(from.loops.longest_stall()).count());
    return out.take();
}

} // namespace sockeye::app
