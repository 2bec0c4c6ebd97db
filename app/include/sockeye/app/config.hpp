#pragma once

#include <sockeye/engineio/log.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace sockeye::app {

using std::chrono::milliseconds;
using std::chrono::seconds;

enum class log_format : std::uint8_t { text, json };
enum class cluster_adapter_kind : std::uint8_t { classic, sharded, streams };

// What sockeye-server can be told. Each member is one setting, which docs/configuration.md
// describes; src/config/settings.cpp is the table of them.
struct server_config {
    // ---- where it listens
    unsigned short port = 3000; // 0: the system chooses
    std::string address = {};   // empty: all
    unsigned threads = 0;       // 0: one per core
    std::string tls_certificate_file = {};
    std::string tls_key_file = {};
    std::vector<std::string> cors_origins = {};    // "*": any
    std::vector<std::string> trusted_proxies = {}; // addresses or ranges, see client_address.hpp

    // ---- where state is
    std::string redis_url = {};        // empty: in memory, one instance
    std::string redis_key_prefix = {}; // empty: none, or redis_store's in a Redis Cluster
    cluster_adapter_kind adapter = cluster_adapter_kind::streams;
    std::string database_url = {};                             // PostgreSQL's; empty: SQLite
    std::string event_log_file = ":memory:";                   // SQLite's
    std::size_t event_log_memory = 256 * 1024 * 1024;          // of a log in memory
    milliseconds event_log_keep = std::chrono::hours(24 * 30); // after the last event; 0: for ever
    std::string node_id = {}; // empty: host, process and a random part

    // ---- who may do what
    std::string token_secret = {};   // HS256
    std::string token_key_file = {}; // PEM: RS256 or ES256
    std::string token_jwks_file = {};
    std::string token_issuer = {};   // empty: any
    std::string token_audience = {}; // empty: any
    seconds token_clock_skew = seconds(30);
    bool token_required = false;             // no connection without one
    std::optional<bool> allow_register = {}; // without tokens; unset: where no keys are given
    std::vector<std::string> api_keys = {};  // of the HTTP API; nothing: it answers 401
    std::string api_token_scope = {};        // of tokens that open it too; empty: none

    // ---- what is kept, and what moves on
    bool session_history = false;               // hosts may switch it on
    std::vector<std::string> room_history = {}; // names of rooms, or beginnings that end in "*"
    std::string machines_file = {};             // state machines beside the one that is built in
    std::string transitions_prefix = "court";   // of the keys of cases

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

// ---- where settings come from: flags, then environment variables, then a file, then the defaults

struct config_sources {
    std::vector<std::string> arguments = {};   // without the program's name
    std::vector<std::string> environment = {}; // "NAME=value"
};

config_sources sources_of(int argc, const char* const* argv, const char* const* environment);

// Where, what is wrong there, and what is expected. Never holds a secret.
class config_error : public std::runtime_error {
public:
    // As one line: control characters become spaces.
    explicit config_error(const std::string& text);
};

struct loaded_config {
    server_config settings = {};
    std::optional<std::string> answer = {}; // to --help and the like: printed instead of serving
};

// Throws config_error.
loaded_config load_config(const config_sources& from);

struct reloaded_config {
    server_config settings = {};           // what goes on from here
    std::vector<std::string> changed = {}; // names of settings that are in effect anew
    std::vector<std::string> need_restart =
        {}; // that are told otherwise now, but stay as they were
};

// Reads the same again. Files that are named by settings (certificates, keys) are the server's to
// read again, changed or not. Throws config_error.
reloaded_config reload_config(const server_config& current, const config_sources& from);

// For an instance whose node_id is not told: host, process and a random part.
std::string unique_node_id();

} // namespace sockeye::app
