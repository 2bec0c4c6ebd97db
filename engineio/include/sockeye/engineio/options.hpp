#pragma once

#include <sockeye/engineio/cookie.hpp>
#include <sockeye/engineio/cors.hpp>
#include <sockeye/engineio/http.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace sockeye::engineio {

using milliseconds = std::chrono::milliseconds;
using seconds = std::chrono::seconds;

enum class transport_kind : std::uint8_t { polling, websocket };
std::string_view name(transport_kind transport);

// What happens when a message would take a connection's queue over its bound. All are counted.
enum class overflow_policy : std::uint8_t {
    disconnect,  // the session ends with close_reason::slow_reader
    drop_newest, // the message that does not fit is not sent
    drop_oldest, // what waits longest and has not begun to leave makes room
};

struct queue_options {
    // Per connection. A single larger message still passes when nothing else waits.
    std::size_t max_bytes = 1024 * 1024;
    // Small packets cost more than their bytes: about 100 bytes of bookkeeping each.
    std::size_t max_packets = 16 * 1024;
    overflow_policy overflow = overflow_policy::disconnect;
    // Above this a connection's input is not read: who does not take answers may not ask on.
    std::size_t pause_reading_above = 256 * 1024;
};

struct compression_options {
    std::size_t threshold = 1024; // bytes; below, deflating costs more than it saves
};

// Engine.IO at one path. Names and defaults are those of the reference, in C++ spelling.
struct server_options {
    std::string path = "/engine.io";
    bool add_trailing_slash = true;
    milliseconds ping_interval = seconds(25);
    milliseconds ping_timeout = seconds(20);
    milliseconds upgrade_timeout = seconds(10);
    // Bytes of one POST body, and of one WebSocket message after inflation.
    std::size_t max_payload = 1'000'000;
    bool polling = true;
    bool websocket = true;
    bool allow_upgrades = true; // false: none is advertised, and none is accepted
    bool allow_eio3 = false;
    std::optional<compression_options> per_message_deflate = {};
    std::optional<compression_options> http_compression = compression_options{};
    std::optional<cookie_options> cookie = {};
    std::optional<cors_options> cors = {};
    std::optional<std::string> initial_packet = {}; // a message sent right behind the open packet
    // Called on any shard. Must be unique among living sessions; an exception refuses the
    // handshake.
    std::function<std::string(const http_request&)> generate_id = {};

    queue_options queue = {};
    // A payload of one-byte packets would cost far more than its bytes.
    std::size_t max_packets_per_payload = 10'000;
    // Empty fragments cost no payload but do cost work.
    std::size_t max_fragments = 16'384;
    // Pings of a peer that does not read its pongs.
    std::size_t max_pending_pongs = 60;
    // A closed polling session waits this long for a GET that can be told.
    milliseconds close_timeout = seconds(30);
    // How long a WebSocket peer may take to answer a close frame.
    milliseconds websocket_close_timeout = seconds(10);
    // Beyond: 503 with Retry-After. To be above max_connections, which does not bound them: between
    // its requests a polling session has no connection, and lasts until its heartbeat fails.
    std::size_t max_sessions = 200'000;
    // New sessions per second on each shard, 0: no limit. Over it: 503 with Retry-After.
    std::size_t max_handshakes_per_second = 0;
};

struct tls_options {
    std::string certificate_chain_file = {}; // PEM
    std::string private_key_file = {};       // PEM
};

// Threads, sockets and HTTP, shared by everything that one port serves.
struct http_server_options {
    unsigned threads = 0;                      // shards; 0: one per core
    std::size_t max_header_bytes = 16 * 1024;  // request line and fields: 431
    std::size_t max_header_fields = 100;       // 431
    std::size_t max_target_bytes = 8 * 1024;   // 414
    std::size_t max_body_bytes = 1024 * 1024;  // of the application's own routes: 413
    milliseconds header_timeout = seconds(10); // from the first byte, or from accept
    milliseconds body_timeout = seconds(30);
    milliseconds tls_handshake_timeout = seconds(10);
    milliseconds keep_alive_timeout = seconds(65); // above the usual 60 s of proxies
    milliseconds hook_timeout = seconds(30); // an asynchronous hook or route that never answers
    std::size_t max_connections = 100'000;   // 503 with Retry-After
    std::size_t max_connections_per_ip = 0;  // 429 with Retry-After; 0: no limit, proxies share one
    int listen_backlog = 4096;               // spares reconnect storms a second of lost SYNs
    std::optional<tls_options> tls = {};
};

} // namespace sockeye::engineio
