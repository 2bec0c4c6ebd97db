#pragma once

#include "background.hpp"
#include "server/requests.hpp"

#include <sockeye/app/presence.hpp>
#include <sockeye/app/rooms.hpp>
#include <sockeye/socketio/server.hpp>

namespace sockeye::app {

class presence_events;

/// The rooms directory, and shared screens, as clients' events: see docs/app-events.md.
class room_events {
public:
    room_events(rooms& service, presence& present, presence_events& entrance, requests& asked,
                const context& on)
        : rooms_(service), presence_(present), entrance_(entrance), requests_(asked),
          work_(on, "rooms") {}

    void serve(const socketio::socket& s);
    /// Whoever has left a room with the last socket takes part no longer.
    void follow(const presence_change& change);

private:
    task<socketio::object> join(socketio::socket s, socketio::value argument);
    task<socketio::object> take_part(std::string socket, std::string room, std::string user,
                                     task<socketio::object> adding);
    task<> undo(task<socketio::object> adding, std::string room, std::string user);
    task<socketio::object> leave(socketio::socket s, socketio::value argument);
    task<socketio::object> share(socketio::socket s, socketio::value argument);
    task<socketio::object> list(socketio::value argument);
    task<> remove(std::string room, std::string user);

    rooms& rooms_;
    presence& presence_;
    presence_events& entrance_; // and exit
    requests& requests_;
    const background work_;
};

/// How many rooms are listed; there is a setting for the most.
inline constexpr number_rule rooms_listed{.name = "limit", .least = 1, .otherwise = 100};

/// What those in a room are told of its document.
void announce_room(socketio::server& io, const socketio::object& room);

} // namespace sockeye::app
