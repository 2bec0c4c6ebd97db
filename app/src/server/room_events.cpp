#include "server/room_events.hpp"

#include "server/presence_events.hpp"

#include <sockeye/app/users.hpp>

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
    std::optional<value> metadata;
    std::optional<bool> sharing;
    static constexpr auto fields() {
        return std::tuple{field{"roomId", &room_request::room},
                          field{"metadata", &room_request::metadata},
                          field{"sharing", &room_request::sharing}};
    }
};

struct list_request {
    std::optional<std::int64_t> limit;
    static constexpr auto fields() { return std::tuple{field{"limit", &list_request::limit}}; }
};

room_request room_in(const value& argument) {
    auto asked = read<room_request>(argument);
    checked_name(asked.room, "roomId");
    return asked;
}

// Frames are not answered: what cannot be passed on is left out.
void pass_on_frame(const socket& s, value info, socketio::binary frame) {
    const value* room = std::as_const(info).find("roomId");
    const auto user = bound_user(s);
    if (!user || !room || !room->get_if<std::string>()) return;
    if (!is_in_room(s, room->as_string())) return;
    const std::string channel = room_channel(room->as_string());
    info["from"] = *user;
    s.to(channel).volatile_().emit("room:frame", std::move(info), std::move(frame));
}

} // namespace

void announce_room(socketio::server& io, const object& room) {
    io.to(room_channel(room.find("roomId")->as_string()))
        .emit("room:update", object{{"room", room}});
}

void room_events::serve(const socket& s) {
    requests_.on(s, "room:join",
                 [this, s](value argument) { return join(s, std::move(argument)); });
    requests_.on(s, "room:leave",
                 [this, s](value argument) { return leave(s, std::move(argument)); });
    requests_.on(s, "room:get", [this](value argument) -> task<object> {
        object room = co_await rooms_.get(room_in(argument).room);
        co_return object{{"room", std::move(room)}};
    });
    requests_.on(s, "room:list", [this](value argument) { return list(std::move(argument)); });
    requests_.on(s, "room:share",
                 [this, s](value argument) { return share(s, std::move(argument)); });
    s.on("room:frame", [s](value info, socketio::binary frame) {
        pass_on_frame(s, std::move(info), std::move(frame));
    });
}

task<object> room_events::join(socket s, value argument) {
    auto asked = room_in(argument);
    const std::string user = user_of(s);
    // Throws what is wrong with the request while others have heard nothing of it.
    auto adding = rooms_.add_user(asked.room, user, std::move(asked.metadata));
    auto taking_part = take_part(s.id(), asked.room, user, std::move(adding));
    co_return co_await entrance_.admit(s, asked.room, std::move(taking_part));
}

// Present first, since it is the end of somebody's presence that ends the part in the room: the
// store is asked that in this turn, for the room at its end, and answers both at once.
task<object> room_events::take_part(std::string socket, std::string room, std::string user,
                                    task<object> adding) {
    std::exception_ptr absent;
    try {
        co_await presence_.enter(std::move(socket), room);
    } catch (...) {
        absent = std::current_exception();
    }
    if (absent) {
        work_.run(undo(std::move(adding), std::move(room), std::move(user)));
        std::rethrow_exception(absent);
    }
    object joined = co_await std::move(adding);
    co_return object{{"room", std::move(joined)}};
}

// With another socket the user may be in the room rightly.
task<> room_events::undo(task<object> adding, std::string room, std::string user) {
    co_await std::move(adding);
    const present_users present = co_await presence_.in_room(room);
    if (std::ranges::count(present.users, user) == 0)
        co_await remove(std::move(room), std::move(user));
}

task<object> room_events::leave(socket s, value argument) {
    const auto asked = room_in(argument);
    const std::string user = user_of(s);
    const left_room left = co_await entrance_.leave_room(s, asked.room);
    object room;
    if (left.user_stays)
        room = co_await rooms_.get(asked.room);
    else
        room = co_await rooms_.remove_user(asked.room, user);
    co_return object{{"room", std::move(room)}};
}

task<object> room_events::share(socket s, value argument) {
    const auto asked = room_in(argument);
    const std::string user = user_of(s);
    if (!asked.sharing) throw service_error("BAD_REQUEST", "'sharing' is missing");
    object room = co_await rooms_.set_sharing(asked.room, user, *asked.sharing);
    co_return object{{"room", std::move(room)}};
}

task<object> room_events::list(value argument) {
    list_request wanted;
    if (!argument.is_null()) wanted = read<list_request>(argument);
    const auto found = co_await rooms_.list(checked_number(rooms_listed, wanted.limit));
    co_return object{{"rooms", socketio::to_value(found)}};
}

void room_events::follow(const presence_change& change) {
    if (change.online) return;
    work_.run(remove(change.room, change.user));
}

task<> room_events::remove(std::string room, std::string user) {
    try {
        co_await rooms_.forget_user(std::move(room), std::move(user));
    } catch (const service_error&) {
        // No room of the directory has such a name, or what is there cannot be read.
    }
}

} // namespace sockeye::app
