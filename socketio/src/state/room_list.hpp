#pragma once

#include <sockeye/socketio/selection.hpp>

#include <string>
#include <vector>

namespace sockeye::socketio {

// Each name once: how many rooms there are decides how other servers are told.
void add_rooms(std::vector<std::string>& to, const room_names& rooms);

} // namespace sockeye::socketio
