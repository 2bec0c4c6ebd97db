#pragma once

#include "background.hpp"
#include "server/history_events.hpp"
#include "server/joins.hpp"
#include "server/requests.hpp"

#include <sockeye/app/presence.hpp>
#include <sockeye/socketio/server.hpp>

namespace sockeye::app {

/// Presence, and messages to a room, as clients' events: see docs/app-events.md.
class presence_events {
public:
    presence_events(presence& service, requests& asked, history_events& history, const context& on)
        : presence_(service), requests_(asked), history_(history), work_(on, "presence") {}

    void serve(const socketio::socket& s);
    /// The socket is its user's from now on; one that recovers is in its rooms again.
    void bind(const socketio::socket& s, const std::string& user);

    /// What lets a socket into a room, or throws: then the socket is neither in the Socket.IO room
    /// nor present, unless it was before. On the socket's own thread.
    task<socketio::object> admit(socketio::socket s, std::string room,
                                 task<socketio::object> decision);
    task<left_room> leave_room(socketio::socket s, std::string room);

private:
    task<> enter(std::string socket, std::string user, std::vector<std::string> rooms);
    task<> withdraw(std::string socket, std::string room);
    task<socketio::object> join(socketio::socket s, std::string room);
    task<socketio::object> be_present(std::string socket, std::string room);
    task<socketio::object> leave(socketio::socket s, std::string room);
    task<socketio::object> pass_on(socketio::socket s, socketio::value message);

    presence& presence_;
    requests& requests_;
    history_events& history_;
    joins joins_;
    const background work_;
};

/// The Socket.IO room that a room's sockets are in.
inline constexpr std::string_view room_prefix = "room:";
inline std::string room_channel(const std::string& room) {
    return std::string(room_prefix) + room;
}

/// On the socket's own thread.
bool is_in_room(const socketio::socket& s, const std::string& room);

/// What a room is told of a change.
void announce(socketio::server& io, const presence_change& change);

socketio::object to_object(const present_users& from);

} // namespace sockeye::app
