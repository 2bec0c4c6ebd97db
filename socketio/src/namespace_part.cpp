#include "namespace_part.hpp"

#include "socket_core.hpp"

#include <algorithm>
#include <utility>

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
    if (selections_ > 0) ended_.push_back(gone.shared_from_this());
}

namespace_part::selected::selected(namespace_part& of, const selection& who)
    : of_(of), sockets_(of.meant(who)) {
    ++of_.selections_;
}

// The end of a socket may be the end of what the application has put into its handlers.
namespace_part::selected::~selected() {
    if (--of_.selections_ > 0) return;
    const auto last = std::exchange(of_.ended_, {});
}

void namespace_part::selected::look_ahead(std::size_t from, std::size_t count) const {
    for (std::size_t i = from; i < std::min(from + count, size()); ++i)
        sockets_[i]->look_ahead();
}

socket_core* namespace_part::find(std::string_view name) const {
    const auto found = sockets_.find(name);
    return found == sockets_.end() ? nullptr : *found;
}

// A socket's own id is a room of its own, which is not kept: the table of sockets knows it.
template<class Expect, class Visit>
void namespace_part::for_each_member(const std::string& room, Expect expect, Visit visit) {
    if (const auto* members = rooms_.members(room)) {
        expect(members->size());
        for (room_member* member : *members)
            visit(static_cast<socket_core&>(*member));
    }
    socket_core* const own = find(room);
    if (own && own->in_own_room()) visit(*own);
}

std::vector<socket_core*> namespace_part::meant(const selection& who) {
    std::vector<socket_core*> found;
    rooms_.begin_selection();
    const auto expect_none = [](std::size_t) {};
    const auto leave_out = [&](socket_core& s) { static_cast<void>(rooms_.mark(s)); };
    for (const std::string& room : who.except)
        for_each_member(room, expect_none, leave_out);
    const auto expect = [&](std::size_t more) { found.reserve(found.size() + more); };
    const auto add_once = [&](socket_core& s) {
        if (s.receives() && rooms_.mark(s)) found.push_back(&s);
    };
    if (who.rooms.empty()) {
        expect(sockets_.size());
        for (socket_core* const s : sockets_)
            add_once(*s);
    }
    for (const std::string& room : who.rooms)
        for_each_member(room, expect, add_once);
    return found;
}

} // namespace sockeye::socketio
