#pragma once

#include <sockeye/socketio/socket.hpp>

namespace sockeye::socketio {
class server_core;
}

namespace sockeye::socketio::admin {

// Lets an admin emit to sockets of any namespace, move them between rooms, and disconnect them.
void add_commands(const socket& to, server_core& server);

} // namespace sockeye::socketio::admin
