#pragma once

#include "server/requests.hpp"

#include <sockeye/app/presence.hpp>
#include <sockeye/socketio/server.hpp>

namespace sockeye::app {

/// Presence, and messages to a room, as clients' events: see docs/app-events.md.
class presence_events {
public:
    presence_events(presence& service, requests& asked, const context& on)
        : presence_(service), requests_(asked), log_(on.log) {}

    void serve(const socketio::socket& s);
    /// The socket is its user's from now on; one that recovers is in its rooms again.
    void bind(const socketio::socket& s, const std::string& user);

private:
    task<> enter(std::string socket, std::string user, std::vector<std::string> rooms);
    task<socketio::object> join(socketio::socket s, std::string room);
    task<socketio::object> leave(socketio::socket s, std::string room);
    socketio::object pass_on(const socketio::socket& s, const socketio::value& message);

    presence& presence_;
    requests& requests_;
    const engineio::logger log_;
};

/// The Socket.IO room that a room's sockets are in.
inline constexpr std::string_view room_prefix = "room:";
inline std::string room_channel(const std::string& room) {
    return std::string(room_prefix) + room;
}

/// What a room is told of a change.
void announce(socketio::server& io, const presence_change& change);

socketio::object to_object(const present_users& from);

} // namespace sockeye::app
