#pragma once

#include <sockeye/engineio/options.hpp>
#include <sockeye/socketio/parser.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace sockeye::socketio {

using engineio::milliseconds;
using engineio::seconds;

struct server_options {
    // What stands below; only the path differs from its default.
    engineio::server_options engine = {.path = "/socket.io"};
    // A client that has joined no namespace by then is disconnected.
    milliseconds connect_timeout = seconds(45);
    // How packets are written; all clients must use the same. Null: the default parser.
    std::shared_ptr<const socketio::parser> parser = {};

    // Namespaces that one client may be in: each costs a socket's memory.
    std::size_t max_namespaces_per_client = 64;
    // Acknowledgements a client owes us; beyond, an emit that wants one fails at once.
    std::size_t max_pending_acks = 10'000;
};

} // namespace sockeye::socketio
