#include <sockeye/socketio/selection.hpp>

#include <algorithm>

namespace sockeye::socketio {
namespace {

using room_set = std::unordered_set<std::string_view>;

bool shares(const std::vector<std::string>& some, const room_set& others) {
    return std::ranges::any_of(some,
                               [&](const std::string& name) { return others.contains(name); });
}

} // namespace

bool includes(const selection& to, const room_set& rooms) {
    return (to.rooms.empty() || shares(to.rooms, rooms)) && !shares(to.except, rooms);
}

} // namespace sockeye::socketio
