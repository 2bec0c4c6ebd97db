#pragma once

#include <sockeye/engineio/options.hpp>
#include <sockeye/socketio/adapter.hpp>
#include <sockeye/socketio/parser.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>

namespace sockeye::socketio {

using engineio::milliseconds;
using engineio::seconds;

// Clients whose connection broke come back as they were, with what they missed. What is kept for
// them is bounded: beyond a bound the oldest is forgotten, and its client starts anew.
struct recovery_options {
    milliseconds max_disconnection_duration = std::chrono::minutes(2);
    // A client that comes back does not pass the namespace's middlewares again.
    bool skip_middlewares = true;
    // Per namespace, of the memory adapter:
    std::size_t max_event_bytes = 32 * 1024 * 1024; // of memory, about
    std::size_t max_sessions = 100'000;
    std::size_t max_session_bytes = 64 * 1024 * 1024; // rooms and data of all of them, about
    // Of what a client missed that comes back, as encoded; one that missed more starts anew, as
    // does one whose queue (`engine.queue`) would overflow.
    std::size_t max_missed_bytes = 1024 * 1024;
};

struct server_options {
    // What stands below; only the path differs from its default.
    engineio::server_options engine = {.path = "/socket.io"};
    // A client that has joined no namespace by then is disconnected.
    milliseconds connect_timeout = seconds(45);
    // How packets are written; all clients must use the same. Null: the default parser.
    std::shared_ptr<const socketio::parser> parser = {};
    // The folder `dist` of npm's socket.io-client, whose bundles browsers then get at
    // {path}/socket.io.js and so on. Read and compressed when the server is made, which throws
    // std::system_error where one is missing. Their ETag is the version in ../package.json or,
    // without one, a hash of the content.
    std::optional<std::filesystem::path> client_files = {};
    // What joins servers to a cluster. Empty: this server is alone.
    socketio::adapter_factory adapter = {};
    std::optional<recovery_options> recovery = {}; // connection state recovery
    // A namespace that a pattern or a function has allowed ends with its last socket.
    bool cleanup_empty_child_namespaces = false;
    // Clients bring these into being: beyond, one more is an "Invalid namespace".
    std::size_t max_child_namespaces = 10'000;

    // Namespaces that one client may be in: each costs a socket's memory.
    std::size_t max_namespaces_per_client = 64;
    // Acknowledgements a client owes us; beyond, an emit that wants one fails at once, and a
    // broadcast that wants them leaves the client out.
    std::size_t max_pending_acks = 10'000;
    // Joins beyond these are refused, counted and logged.
    std::size_t max_rooms_per_socket = 10'000;
    std::size_t max_room_name_length = 1024;
};

} // namespace sockeye::socketio
