#pragma once

#include "server/requests.hpp"

#include <sockeye/app/config.hpp>
#include <sockeye/app/event_log.hpp>
#include <sockeye/socketio/socket.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sockeye::app {

/// What sessions and rooms have in the event log, as clients read it, and what a user has used: see
/// docs/app-events.md.
class history_events {
public:
    history_events(event_log& log, requests& asked, const context& on, const server_config& config)
        : log_(log), requests_(asked), now_(on.now), kept_rooms_(config.room_history) {}

    void serve(const socketio::socket& s);

    [[nodiscard]] bool keeps(std::string_view room) const;
    /// A message to a room that is kept: answered once it is on disk.
    task<logged_event> keep(std::string room, std::string user, std::string event,
                            socketio::value data);

private:
    task<socketio::object> of_session(socketio::value argument);
    task<socketio::object> of_room(socketio::socket s, socketio::value argument);
    task<socketio::object> usage_of(std::string user, socketio::value argument);

    event_log& log_;
    requests& requests_;
    const std::function<milliseconds()> now_;
    const std::vector<std::string> kept_rooms_;
};

/// The last number that the reader has, of a session's or a room's events.
inline constexpr number_rule read_after{.name = "after"};

/// What a room is called in the event log; throws BAD_REQUEST where that is too long.
std::string room_log_name(const std::string& room);
/// Such as "2026-01"; throws BAD_REQUEST.
const std::string& checked_month(const std::string& month);

} // namespace sockeye::app
