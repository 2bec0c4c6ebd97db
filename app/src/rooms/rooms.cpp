#include "names.hpp"
#include "rooms/rooms_core.hpp"

#include <utility>

namespace sockeye::app {

using socketio::object;
using socketio::value;
using held_room = std::optional<room_document>;

namespace {

// `room:{room}:users` is where presence lists a room's users.
const std::string& checked_room(const std::string& room) {
    if (checked_name(room, "roomId").ends_with(":users"))
        throw service_error("BAD_REQUEST", "roomId must not end with ':users'");
    return room;
}

room_document& existing(held_room& room, const std::string& name) {
    if (!room) throw service_error("ROOM_NOT_FOUND", "there is no room '" + name + "'");
    return *room;
}

} // namespace

rooms::rooms(const context& on, std::function<void(const object&)> changed, rooms_options options)
    : core_(std::make_shared<core>(on, std::move(changed), options)) {}

rooms::~rooms() {
    core_->retire();
}

task<object> rooms::add_user(std::string room, std::string user, std::optional<value> metadata) {
    checked_room(room);
    checked_name(user, "userId");
    if (metadata) metadata = checked_metadata(*metadata, core_->options());
    const auto add = [room, user, metadata, &options = core_->options()](held_room& to,
                                                                         milliseconds now) {
        if (to) return to->add(user, metadata, now, options);
        room_document made(room, options.mode, now);
        made.add(user, metadata, now, options);
        to = std::move(made);
        return true;
    };
    return core_->change(std::move(room), add);
}

task<object> rooms::remove_user(std::string room, std::string user) {
    checked_room(room);
    checked_name(user, "userId");
    const auto remove = [room, user](held_room& from, milliseconds) {
        return existing(from, room).remove(user);
    };
    co_return co_await core_->change(room, remove);
}

task<> rooms::forget_user(std::string room, std::string user) {
    checked_room(room);
    checked_name(user, "userId");
    const auto remove = [user](held_room& from, milliseconds) {
        return from && from->remove(user);
    };
    co_await core_->change(room, remove);
}

task<object> rooms::set_sharing(std::string room, std::string user, bool sharing) {
    checked_room(room);
    checked_name(user, "userId");
    const auto set = [room, user, sharing](held_room& in, milliseconds) {
        return existing(in, room).set_sharing(user, sharing);
    };
    co_return co_await core_->change(room, set);
}

task<object> rooms::set_mode(std::string room, sharing_mode mode) {
    checked_room(room);
    const auto set = [room, mode](held_room& of, milliseconds) {
        return existing(of, room).set_mode(mode);
    };
    co_return co_await core_->change(room, set);
}

task<object> rooms::get(std::string room) {
    checked_room(room);
    auto found = co_await core_->get(room);
    co_return existing(found, room).content();
}

task<std::vector<object>> rooms::list(std::size_t limit) {
    std::vector<object> listed;
    for (const auto& room : co_await core_->list(limit))
        listed.push_back(room.content());
    co_return listed;
}

task<rooms_stats> rooms::stats() {
    return core_->stats();
}

} // namespace sockeye::app
