#include "server/presence_events.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace sockeye::app {

using socketio::field;
using socketio::object;
using socketio::socket;
using socketio::value;

namespace {

struct room_request {
    std::string room;
    static constexpr auto fields() { return std::tuple{field{"roomId", &room_request::room}}; }
};

struct room_message {
    std::string room;
    std::optional<std::string> event;
    value data;
    static constexpr auto fields() {
        return std::tuple{field{"roomId", &room_message::room},
                          field{"event", &room_message::event}, field{"data", &room_message::data}};
    }
};

std::string room_in(const value& argument) {
    return checked_name(read<room_request>(argument).room, "roomId");
}

} // namespace

object to_object(const present_users& from) {
    return {{"users", socketio::to_value(from.users)}, {"count", from.count}};
}

bool is_in_room(const socket& s, const std::string& room) {
    return std::ranges::count(s.rooms(), room_channel(room)) > 0;
}

void announce(socketio::server& io, const presence_change& change) {
    io.to(room_channel(change.room))
        .emit("presence:update", object{{"roomId", change.room},
                                        {"userId", change.user},
                                        {"online", change.online},
                                        {"count", change.count}});
}

void presence_events::serve(const socket& s) {
    requests_.on(s, "presence:join",
                 [this, s](value argument) { return join(s, room_in(argument)); });
    requests_.on(s, "presence:leave",
                 [this, s](value argument) { return leave(s, room_in(argument)); });
    requests_.on(s, "presence:list", [this](value argument) -> task<object> {
        const std::string room = room_in(argument);
        object answer = to_object(co_await presence_.in_room(room));
        answer["roomId"] = room;
        co_return answer;
    });
    requests_.on(s, "presence:online", [this](value) -> task<object> {
        co_return to_object(co_await presence_.everyone());
    });
    requests_.on(s, "room:send",
                 [this, s](value argument) { return pass_on(s, std::move(argument)); });
    s.on("disconnect", [this, s] { presence_.disconnect(s.id()); });
}

void presence_events::bind(const socket& s, const std::string& user) {
    std::vector<std::string> rooms;
    if (s.recovered())
        for (const std::string& channel : s.rooms())
            if (channel.starts_with(room_prefix))
                rooms.push_back(channel.substr(room_prefix.size()));
    work_.run(enter(s.id(), user, std::move(rooms)));
}

task<> presence_events::enter(std::string socket, std::string user,
                              std::vector<std::string> rooms) {
    co_await presence_.connect(socket, std::move(user));
    for (const std::string& room : rooms)
        co_await presence_.enter(socket, room);
}

// In the Socket.IO room before others are told, so that it misses no change after its own.
task<object> presence_events::admit(socket s, std::string room, task<object> decision) {
    joins::request asked(joins_, s, room_channel(room));
    asked.enter();
    object answer;
    std::exception_ptr refusal;
    bool is_away = false;
    try {
        answer = co_await std::move(decision);
        asked.grant();
    } catch (const socketio::operation_error&) {
        refusal = std::current_exception();
        is_away = true;
    } catch (...) {
        refusal = std::current_exception();
    }
    if (!refusal) co_return answer;
    if (!asked.refuse()) {
        auto withdrawal = withdraw(s.id(), std::move(room));
        if (is_away)
            work_.run(std::move(withdrawal)); // it would be waited for once more
        else
            co_await std::move(withdrawal);
    }
    std::rethrow_exception(refusal);
}

task<> presence_events::withdraw(std::string socket, std::string room) {
    try {
        co_await presence_.leave(std::move(socket), std::move(room));
    } catch (const std::exception&) {
        // The store is away, and presence makes that good; or the socket has gone.
    }
}

task<left_room> presence_events::leave_room(socket s, std::string room) {
    joins_.leave(s, room_channel(room));
    co_return co_await presence_.leave(s.id(), std::move(room));
}

task<object> presence_events::join(socket s, std::string room) {
    user_of(s);
    auto decision = be_present(s.id(), room);
    co_return co_await admit(s, std::move(room), std::move(decision));
}

task<object> presence_events::be_present(std::string socket, std::string room) {
    object answer = to_object(co_await presence_.join(std::move(socket), room));
    answer["roomId"] = room;
    co_return answer;
}

task<object> presence_events::leave(socket s, std::string room) {
    user_of(s);
    const left_room left = co_await leave_room(s, room);
    co_return object{{"roomId", room}, {"count", left.count}};
}

// Of a room that is kept, others hear what is on disk, with its number there.
task<object> presence_events::pass_on(socket s, value argument) {
    auto message = read<room_message>(argument);
    const std::string user = user_of(s);
    const std::string event = message.event ? checked_event(*message.event) : "room:message";
    if (!is_in_room(s, message.room))
        throw service_error("FORBIDDEN", "only those in the room may send to it; join it first");
    object answer;
    object told{{"roomId", message.room}, {"from", user}};
    if (history_.keeps(message.room)) {
        const auto kept = co_await history_.keep(message.room, user, event, message.data);
        answer["seq"] = told["seq"] = kept.sequence_number;
        told["timestamp"] = kept.timestamp.count();
    }
    told["data"] = std::move(message.data);
    s.to(room_channel(message.room)).emit(event, std::move(told));
    co_return answer;
}

} // namespace sockeye::app
