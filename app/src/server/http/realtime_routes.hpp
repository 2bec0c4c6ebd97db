#pragma once

#include "server/http/api_router.hpp"

#include <sockeye/app/event_log.hpp>
#include <sockeye/app/presence.hpp>
#include <sockeye/app/rooms.hpp>
#include <sockeye/app/sessions.hpp>
#include <sockeye/socketio/server.hpp>

namespace sockeye::app {

/// Publishing, asking, and what can be done to sockets.
void add_realtime_routes(api_router& api, socketio::server& io);
void add_presence_routes(api_router& api, presence& service);
void add_room_routes(api_router& api, rooms& service);
void add_session_routes(api_router& api, sessions& service);
/// Events, transcripts, and usage totals.
void add_event_log_routes(api_router& api, event_log& log,
                          const std::function<milliseconds()>& now);

} // namespace sockeye::app
