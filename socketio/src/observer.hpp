#pragma once

#include <sockeye/engineio/error.hpp>
#include <sockeye/engineio/packet.hpp>
#include <sockeye/engineio/session.hpp>
#include <sockeye/socketio/value.hpp>

#include <string_view>

namespace sockeye::socketio {

class socket_core;

// Sees what a server does, for an admin console. Called on the threads where things happen, several
// at once. A server without one pays a comparison.
class observer {
public:
    virtual ~observer() = default;

    virtual void on_session_open(engineio::session&) {}
    virtual void on_session_upgrade(engineio::session&) {}
    virtual void on_session_close(engineio::session&, engineio::close_reason) {}
    virtual void on_packet_in(const engineio::packet_view&) {}
    virtual void on_packet_out(const engineio::outgoing&) {}

    virtual void on_connect(socket_core&) {} // before the application is told
    virtual void on_disconnect(socket_core&, std::string_view /*reason*/) {} // in its rooms still
    virtual void on_event_in(socket_core&, const array& /*event*/) {}
    virtual void on_event_out(socket_core&, const array& /*event*/) {}
};

} // namespace sockeye::socketio
