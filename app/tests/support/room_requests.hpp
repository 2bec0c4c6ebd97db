#pragma once

#include "support/service_world.hpp"

#include <string>
#include <vector>

namespace sockeye::app {

using texts = std::vector<std::string>;

/// What a request fails with.
inline std::string code_of(task<socketio::object> request) {
    try {
        wait(std::move(request));
    } catch (const service_error& told) {
        return told.code;
    }
    return "none";
}

inline std::vector<std::string> users_in(const socketio::object& room) {
    std::vector<std::string> users;
    for (const socketio::value& each : room.find("participants")->as_array())
        users.push_back(each.find("userId")->as_string());
    return users;
}

} // namespace sockeye::app
