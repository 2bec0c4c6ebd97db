#include "state/room_index.hpp"

#include <algorithm>

namespace sockeye::socketio {

std::vector<std::string> room_member::room_names() const {
    std::vector<std::string> names;
    names.reserve(links_.size());
    for (const room_link& link : links_)
        names.push_back(link.room->name);
    return names;
}

bool room_index::contains(const room_member& member, std::string_view name) const {
    return std::any_of(member.links_.begin(), member.links_.end(),
                       [&](const room_link& link) { return link.room->name == name; });
}

bool room_index::join(room_member& member, std::string_view name) {
    auto found = rooms_.find(name);
    if (found == rooms_.end()) {
        found = rooms_.emplace(name, room{std::string(name), {}}).first;
    } else if (contains(member, name)) {
        return false;
    }
    room& joined = found->second;
    member.links_.push_back({&joined, static_cast<std::uint32_t>(joined.members.size())});
    joined.members.push_back(&member);
    return true;
}

bool room_index::leave(room_member& member, std::string_view name) {
    for (std::size_t i = 0; i < member.links_.size(); ++i) {
        if (member.links_[i].room->name != name) continue;
        remove(member, i);
        return true;
    }
    return false;
}

void room_index::leave_all(room_member& member) {
    while (!member.links_.empty())
        remove(member, member.links_.size() - 1);
}

// The last member takes the place that becomes free, and has to know it.
void room_index::remove(room_member& member, std::size_t link) {
    room& left = *member.links_[link].room;
    const std::uint32_t position = member.links_[link].position;
    room_member* const last = left.members.back();
    left.members[position] = last;
    for (room_link& of_last : last->links_)
        if (of_last.room == &left) of_last.position = position;
    left.members.pop_back();
    member.links_.erase(member.links_.begin() + static_cast<std::ptrdiff_t>(link));
    if (left.members.empty()) rooms_.erase(rooms_.find(left.name));
}

const std::vector<room_member*>* room_index::members(std::string_view name) const {
    const auto found = rooms_.find(name);
    return found == rooms_.end() ? nullptr : &found->second.members;
}

} // namespace sockeye::socketio
