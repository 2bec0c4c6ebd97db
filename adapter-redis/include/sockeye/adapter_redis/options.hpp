#pragma once

#include <sockeye/engineio/log.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::adapter_redis {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The server's certificate is always checked, and that it is for the host we connect to.
struct redis_tls_options {
    std::string ca_file = {};          // PEM; empty: what the system trusts
    std::string certificate_file = {}; // PEM, with private_key_file: for servers that ask for one
    std::string private_key_file = {}; // PEM
    std::string server_name = {};      // empty: the host
};

struct redis_address {
    std::string host = "127.0.0.1";
    unsigned short port = 6379;
};

// Sentinels know which of several servers is the master at the moment.
struct redis_sentinel_options {
    std::string master_name = "mymaster";
    std::vector<redis_address> nodes = {}; // asked one after the other, until one knows
    std::string username = {};             // of the sentinels
    std::string password = {};             // empty: not authenticated
};

struct redis_options {
    std::string host = "127.0.0.1";
    unsigned short port = 6379;
    std::string unix_socket = {}; // a path; instead of host and port
    std::string username = {};    // empty: Redis's default user
    std::string password = {};    // empty: not authenticated
    unsigned database = 0;        // does not matter to Pub/Sub
    std::optional<redis_tls_options> tls = {};
    // Instead of host and port: before each attempt to connect they are asked, and who is no master
    // is left again. A master that hangs is noticed by its silence: ping_interval and ping_timeout.
    std::optional<redis_sentinel_options> sentinel = {};

    milliseconds connect_timeout = seconds(5); // until Redis has answered
    // A connection on which nothing has come for `ping_interval` is asked for a sign of life, and
    // given up after `ping_timeout`: one that is dead without saying so is noticed within 8 s.
    milliseconds ping_interval = seconds(4);
    milliseconds ping_timeout = seconds(4);
    // Before the second attempt to connect, and at most. It doubles from one to the next, and is
    // shortened by up to half at random, so that the servers of a cluster do not come all at once.
    milliseconds reconnect_delay = milliseconds(100);
    milliseconds max_reconnect_delay = seconds(1);
    milliseconds close_timeout = seconds(1); // for what is still to be sent at the end

    // Commands that wait because Redis is away or slow; more are dropped.
    std::size_t max_queue_bytes = 16 * 1024 * 1024;
    // Whether commands wait while Redis is away. If not, they fail at once, also those that waited
    // when it went: for whoever would rather know than be late.
    bool queue_while_away = true;

    engineio::logger log = {}; // none: to standard error, from warnings on
};

// Reads one of
//
//     redis://[user[:password]@]host[:port][/database]
//     rediss://…                                         the same over TLS
//     unix://[user[:password]@]/path[?db=database]
//     redis+sentinel://[user[:password]@]host[:port][,host[:port]…]/master[/database]
//
// The last names sentinels, by default at port 26379; a master is given up after 2 s of silence.
// User and password may be percent-encoded; `redis://:password@host` names no user. Throws
// std::invalid_argument, with a text that does not contain the password.
redis_options parse_redis_url(std::string_view url);
// Whether it begins as one of these.
bool is_redis_url(std::string_view url);

} // namespace sockeye::adapter_redis
