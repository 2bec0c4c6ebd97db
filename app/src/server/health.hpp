#pragma once

#include "server/loop_watch.hpp"
#include "server/requests.hpp"

#include <sockeye/adapter_redis/shard_links.hpp>
#include <sockeye/app/event_log.hpp>
#include <sockeye/app/store.hpp>
#include <sockeye/socketio/server.hpp>

#include <string>

namespace sockeye::app {

/// What the health page and the metrics are made of.
struct health_sources {
    socketio::server& io;
    const adapter_redis::redis_client* others; // the other instances; null: alone
    store& state;
    const event_log& log;
    const requests& asked;
    const loop_watch& loops;
};

/// For GET /healthz: `{ healthy, metrics, timestamp }`.
socketio::object health(const health_sources& from, milliseconds now);
/// For GET /metrics.
std::string metrics(const health_sources& from);

} // namespace sockeye::app
