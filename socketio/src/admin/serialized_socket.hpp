#pragma once

#include <sockeye/socketio/broadcast.hpp>
#include <sockeye/socketio/value.hpp>

#include <string>
#include <string_view>

namespace sockeye::socketio {
class socket_core;
}

namespace sockeye::socketio::admin {

// A socket as the front end knows it.
value serialize(socket_core& one);
value serialize(const socket_details& fetched, std::string_view nsp);

// What other servers' admins want to know of a socket, and cannot otherwise: it travels in the data
// of fetched sockets, where serialize takes it out.
void add_admin_details(socket_core& of, socket_details& to);

// The time, as JavaScript writes a date in JSON.
std::string now_as_json();

} // namespace sockeye::socketio::admin
