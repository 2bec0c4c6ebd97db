#pragma once

#include <sockeye/socketio/value.hpp>

#include <string_view>

namespace sockeye::socketio {

// Names that a client would take for events of its own connection.
bool is_reserved_event(std::string_view name);
// Names that mean something else to a server.
bool is_reserved_server_event(std::string_view name);

// For events on their way to clients and to servers: throw std::invalid_argument for such a name.
void check_event_name(const array& event);
void check_server_event_name(const array& event);

} // namespace sockeye::socketio
