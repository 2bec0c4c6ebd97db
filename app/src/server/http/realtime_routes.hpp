#pragma once

#include "server/http/api_router.hpp"

#include <sockeye/app/presence.hpp>
#include <sockeye/socketio/server.hpp>

namespace sockeye::app {

/// Publishing, asking, and what can be done to sockets.
void add_realtime_routes(api_router& api, socketio::server& io);
void add_presence_routes(api_router& api, presence& service);

} // namespace sockeye::app
