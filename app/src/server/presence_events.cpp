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
                 [this, s](value argument) -> task<object> { co_return pass_on(s, argument); });
    s.on("disconnect", [this, s] { presence_.disconnect(s.id()); });
}

void presence_events::bind(const socket& s, const std::string& user) {
    std::vector<std::string> rooms;
    if (s.recovered())
        for (const std::string& channel : s.rooms())
            if (channel.starts_with(room_prefix))
                rooms.push_back(channel.substr(room_prefix.size()));
    socketio::start(enter(s.id(), user, std::move(rooms)), [log = log_](const auto& error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& what) {
            log(engineio::log_level::warning, std::string("presence: ") + what.what());
        }
    });
}

task<> presence_events::enter(std::string socket, std::string user,
                              std::vector<std::string> rooms) {
    co_await presence_.connect(socket, std::move(user));
    for (const std::string& room : rooms)
        co_await presence_.enter(socket, room);
}

task<object> presence_events::join(socket s, std::string room) {
    user_of(s);
    s.join(room_channel(room)); // before others are told, so that it misses no change after its own
    object answer = to_object(co_await presence_.join(s.id(), room));
    answer["roomId"] = room;
    co_return answer;
}

task<object> presence_events::leave(socket s, std::string room) {
    user_of(s);
    s.leave(room_channel(room));
    const left_room left = co_await presence_.leave(s.id(), room);
    co_return object{{"roomId", room}, {"count", left.count}};
}

object presence_events::pass_on(const socket& s, const value& argument) {
    auto message = read<room_message>(argument);
    const std::string user = user_of(s);
    const std::string channel = room_channel(message.room);
    if (std::ranges::count(s.rooms(), channel) == 0)
        throw service_error("FORBIDDEN", "only those in the room may send to it; join it first");
    s.to(channel).emit(
        message.event ? checked_event(*message.event) : "room:message",
        object{{"roomId", message.room}, {"from", user}, {"data", std::move(message.data)}});
    return {};
}

} // namespace sockeye::app
