#include "room_watch.hpp"

#include <utility>

namespace sockeye::socketio {

void room_watch::add_listener(std::function<void(const room_event&)> seen) {
    listeners_.push_back(std::move(seen));
}

void room_watch::tell(room_event::kind what, std::string_view room,
                      std::string_view socket_id) const {
    for (const auto& seen : listeners_)
        seen({what, room, socket_id});
}

void room_watch::joined(std::string_view room, std::string_view socket_id) {
    bool created = false;
    {
        const std::lock_guard lock(mutex_);
        auto found = members_.find(room);
        if (found == members_.end()) found = members_.emplace(room, 0).first;
        created = ++found->second == 1;
        if (created && adapter_) adapter_(room, true);
    }
    if (created) tell(room_event::kind::created, room, {});
    tell(room_event::kind::joined, room, socket_id);
}

void room_watch::left(std::string_view room, std::string_view socket_id) {
    bool deleted = false;
    {
        const std::lock_guard lock(mutex_);
        const auto found = members_.find(room);
        if (found == members_.end()) return;
        deleted = --found->second == 0;
        if (deleted) members_.erase(found);
        if (deleted && adapter_) adapter_(room, false);
    }
    tell(room_event::kind::left, room, socket_id);
    if (deleted) tell(room_event::kind::deleted, room, {});
}

bool room_watch::has(std::string_view room) const {
    const std::lock_guard lock(mutex_);
    return members_.contains(room);
}

} // namespace sockeye::socketio
