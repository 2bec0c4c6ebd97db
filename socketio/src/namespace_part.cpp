#include "namespace_part.hpp"

#include "socket_core.hpp"

namespace sockeye::socketio {

std::string_view namespace_part::id(const socket_core* s) {
    return s->id();
}

void namespace_part::add(socket_core& receiving) {
    sockets_.insert(&receiving);
}

void namespace_part::remove(socket_core& gone) {
    const auto found = sockets_.find(&gone);
    if (found != sockets_.end() && *found == &gone) sockets_.erase(found);
}

socket_core* namespace_part::find(std::string_view name) const {
    const auto found = sockets_.find(name);
    return found == sockets_.end() ? nullptr : *found;
}

// A socket's own id is a room of its own, which is not kept: the table of sockets knows it.
template<class Visit>
void namespace_part::for_each_member(const std::string& room, Visit visit) {
    if (const auto* members = rooms_.members(room))
        for (room_member* member : *members)
            visit(static_cast<socket_core&>(*member));
    socket_core* const own = find(room);
    if (own && own->in_own_room()) visit(*own);
}

namespace_part::sockets namespace_part::select(const selection& who) {
    sockets selected;
    rooms_.begin_selection();
    for (const std::string& room : who.except)
        for_each_member(room, [&](socket_core& s) { static_cast<void>(rooms_.mark(s)); });
    const auto add_once = [&](socket_core& s) {
        if (s.receives() && rooms_.mark(s)) selected.push_back(s.shared_from_this());
    };
    if (who.rooms.empty()) {
        selected.reserve(sockets_.size());
        for (socket_core* const s : sockets_)
            add_once(*s);
    }
    for (const std::string& room : who.rooms)
        for_each_member(room, add_once);
    return selected;
}

} // namespace sockeye::socketio
