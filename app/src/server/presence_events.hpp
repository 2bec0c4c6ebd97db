#pragma once

#include "server/requests.hpp"

#include <sockeye/app/presence.hpp>
#include <sockeye/socketio/server.hpp>

namespace sockeye::app {

/// Presence, and messages to a room, as clients' events: see docs/app-events.md.
class presence_events {
public:
    presence_events(presence& service, requests& asked, socketio::server& io)
        : presence_(service), requests_(asked), io_(io) {}

    void serve(const socketio::socket& s);

private:
    task<socketio::object> join(socketio::socket s, std::string room);
    task<socketio::object> leave(socketio::socket s, std::string room);
    socketio::object pass_on(const socketio::socket& s, const socketio::value& message);

    presence& presence_;
    requests& requests_;
    socketio::server& io_;
};

/// The Socket.IO room that a room's sockets are in.
inline std::string room_channel(const std::string& room) {
    return "room:" + room;
}

/// What a room is told of a change.
void announce(socketio::server& io, const presence_change& change);

socketio::object to_object(const present_users& from);

} // namespace sockeye::app
