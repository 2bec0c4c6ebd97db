#include "state/room_list.hpp"

#include <algorithm>

namespace sockeye::socketio {

void add_rooms(std::vector<std::string>& to, const room_names& rooms) {
    for (const std::string& room : rooms.names())
        if (std::ranges::find(to, room) == to.end()) to.push_back(room);
}

} // namespace sockeye::socketio
