#include <sockeye/socketio/selection.hpp>

#include <algorithm>

namespace sockeye::socketio {
namespace {

bool shares(const std::vector<std::string>& some, const std::vector<std::string>& others) {
    return std::ranges::any_of(some, [&](const std::string& name) {
        return std::ranges::find(others, name) != others.end();
    });
}

} // namespace

bool includes(const selection& to, const std::vector<std::string>& rooms) {
    return (to.rooms.empty() || shares(to.rooms, rooms)) && !shares(to.except, rooms);
}

} // namespace sockeye::socketio
