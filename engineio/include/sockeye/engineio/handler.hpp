#pragma once

#include <sockeye/engineio/error.hpp>
#include <sockeye/engineio/http.hpp>
#include <sockeye/engineio/packet.hpp>
#include <sockeye/engineio/session.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sockeye::engineio {

using header_list = std::vector<std::pair<std::string, std::string>>;

// A refused handshake or request, for logs and metrics. `name` and `detail` say more than the
// client is told, such as TRANSPORT_MISMATCH.
struct connection_error {
    request_error code;
    std::string_view message; // as sent to the client
    std::string_view name;    // of the particular check, may be empty
    std::string_view detail;
    const http_request& request;
};

// What a server tells the layer above. One object serves all sessions; every call comes on the
// session's shard, so with several shards the object is called by several threads at once.
// An exception out of a call is logged; the session goes on.
class handler {
public:
    virtual ~handler() = default;

    virtual void on_open(session&) {}
    // The view lives until the call returns.
    virtual void on_message(session&, std::string_view /*data*/, bool /*binary*/) {}
    // Nothing can be sent any more. `detail` explains the reason to a person.
    virtual void on_close(session&, close_reason, std::string_view /*detail*/) {}
    // The server is being stopped, or closed: called on each shard before its sessions are closed.
    virtual void on_stopping() {}

    virtual void on_packet(session&, const packet_view&) {}     // every packet in, before it acts
    virtual void on_packet_create(session&, const outgoing&) {} // every packet out, when sent
    virtual void on_heartbeat(session&) {}
    virtual void on_upgrading(session&, transport_kind) {}
    virtual void on_upgrade(session&, transport_kind) {}
    virtual void on_drain(session&) {} // all that waited was handed to the operating system

    virtual void on_connection_error(const connection_error&) {}
    // Headers of a session's first answer, and of every polling answer and WebSocket handshake.
    virtual void on_initial_headers(header_list&, const http_request&) {}
    virtual void on_headers(header_list&, const http_request&) {}
};

} // namespace sockeye::engineio
