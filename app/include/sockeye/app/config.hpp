#pragma once

#include <sockeye/engineio/log.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sockeye::app {

using std::chrono::milliseconds;
using std::chrono::seconds;

enum class log_format : std::uint8_t { text, json };
enum class cluster_adapter_kind : std::uint8_t { classic, sharded, streams };

// What sockeye-server can be told: by flags, by environment variables, by a file, in that order.
// Each member is one setting; docs/configuration.md lists them with their names.
struct server_config {
    // ---- where it listens
    unsigned short port = 3000; // 0: the system chooses
    std::string address = {};   // empty: all
    unsigned threads = 0;       // 0: one per core
    std::string tls_certificate_file = {};
    std::string tls_key_file = {};
    std::vector<std::string> cors_origins = {}; // "*": any
    std::vector<std::string> trusted_proxies =
        {}; // addresses or CIDR ranges whose X-Forwarded-For counts

    // ---- where state is
    std::string redis_url = {}; // empty: in memory, one instance
    cluster_adapter_kind adapter = cluster_adapter_kind::streams;
    std::string database_url = {};           // PostgreSQL's; empty: SQLite
    std::string event_log_file = ":memory:"; // SQLite's
    std::string node_id = {};                // empty: host, process and a random part

    // ---- who may do what
    std::string token_secret = {};   // HS256
    std::string token_key_file = {}; // PEM: RS256 or ES256
    std::string token_jwks_file = {};
    std::string token_issuer = {};   // empty: any
    std::string token_audience = {}; // empty: any
    seconds token_clock_skew = seconds(30);
    bool token_required = false;             // no connection without one
    std::optional<bool> allow_register = {}; // unset: only where no key for tokens is given
    std::vector<std::string> api_keys = {};  // of the HTTP API; none: it answers 401

    // ---- limits
    std::size_t connections_per_ip = 100;      // in 15 minutes; 0: no limit
    std::size_t requests_per_ip = 1200;        // a minute, over HTTP; 0: no limit
    std::size_t events_per_ip = 6000;          // a minute
    std::size_t events_per_user = 3000;        // a minute
    std::size_t max_payload = 1'000'000;       // bytes of a message
    std::size_t max_queue_bytes = 1024 * 1024; // per connection, waiting to be sent
    std::size_t max_rooms_listed = 1000;

    // ---- times
    milliseconds presence_lease = seconds(9);
    milliseconds presence_grace = seconds(5);
    milliseconds drain_limit = seconds(25); // from SIGTERM to the end

    // ---- what is served, and told
    std::string page = {};         // a folder served at /; empty: the page that is built in
    std::string client_files = {}; // the folder dist of npm's socket.io-client
    engineio::log_level level = engineio::log_level::info;
    log_format format = log_format::text;
};

} // namespace sockeye::app
