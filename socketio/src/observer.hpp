#pragma once

#include <sockeye/engineio/error.hpp>
#include <sockeye/engineio/packet.hpp>
#include <sockeye/socketio/value.hpp>

#include <string_view>

namespace sockeye::engineio {
class outgoing;
}

namespace sockeye::socketio {

class client;
class socket_core;
struct socket_details;

// Sees what a server does, for an admin console. Called on the threads where things happen, several
// at once. A server without one pays a comparison.
class observer {
public:
    virtual ~observer() = default;

    // The server's threads are about to end: nothing of the observer's own may use them any more.
    virtual void stop() {}

    virtual void on_open(client&) {}
    virtual void on_upgrade(client&) {}
    virtual void on_close(client&, engineio::close_reason) {}
    virtual void on_packet_in(const engineio::packet_view&) {}
    virtual void on_packet_out(const engineio::outgoing&) {}

    virtual void on_connect(socket_core&) {} // before the application is told
    virtual void on_disconnect(socket_core&, std::string_view /*reason*/) {} // in its rooms still
    virtual void on_join(socket_core&, std::string_view /*room*/) {}
    virtual void on_leave(socket_core&, std::string_view /*room*/) {}
    virtual void on_event_in(socket_core&, const array& /*event*/) {}
    virtual void on_event_out(socket_core&, const array& /*event*/) {}
    virtual void on_data(socket_core&) {} // the application is about to read or change its data
    virtual void on_describe(socket_core&, socket_details&) {} // for whoever fetches sockets
};

} // namespace sockeye::socketio
