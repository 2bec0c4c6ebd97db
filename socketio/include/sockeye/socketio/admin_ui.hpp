#pragma once

#include <sockeye/socketio/server.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

namespace sockeye::socketio {

// Whoever reaches the server is an admin.
struct no_authentication {};

struct basic_authentication {
    std::string username;
    std::string password_hash; // bcrypt's: "$2b$10$…", "$2a$…" or "$2y$…"
};

// To be chosen: there is no default.
using admin_authentication = std::variant<std::monostate, no_authentication, basic_authentication>;

// Remembers who has logged in, so that the front end need not keep the password to come back.
class admin_session_store {
public:
    virtual ~admin_session_store() = default;
    // Both are called on any thread, and must not block it.
    virtual void save(const std::string& session_id) = 0;
    // Calls `answer` once, now or later, on any thread.
    virtual void find(const std::string& session_id, std::function<void(bool known)> answer) = 0;
};

// Forgets sessions after their lifetime, and the oldest beyond the maximum.
std::shared_ptr<admin_session_store>
memory_session_store(std::size_t max_sessions = 1000,
                     std::chrono::seconds lifetime = std::chrono::hours(24));

enum class admin_mode : std::uint8_t {
    development, // every socket, room and event is shown
    production   // sums only
};

struct admin_options {
    admin_authentication auth;
    std::string namespace_name = "/admin";
    bool readonly = false;                           // no commands
    std::string server_id = {};                      // unique in a cluster; empty: "hostname#pid"
    std::shared_ptr<admin_session_store> store = {}; // null: memory_session_store()
    admin_mode mode = admin_mode::development;
    // Between two server_stats. The front end takes a server for dead after 10 s.
    milliseconds update_interval = seconds(2);
    // With more sockets than these, development mode does as production does, and goes back to
    // showing everything when there are fewer: a browser cannot follow any number of them.
    std::size_t max_detailed_sockets = 1000;
    // Of event_received and event_sent together; what is beyond is left out.
    std::size_t max_events_per_second = 1000;
};

struct admin_totals {
    std::uint64_t updates_sent;     // socket_*, room_* and event_*
    std::uint64_t updates_left_out; // the same, beyond a maximum
    std::uint64_t logins_refused;
    std::uint64_t logins_not_tried; // too many were waiting
};

// Lives as long as the server.
class admin_ui {
public:
    [[nodiscard]] virtual admin_totals counters() const = 0;

protected:
    ~admin_ui() = default;
};

// Makes the server one that the front end of npm @socket.io/admin-ui can watch and command. Once,
// before listen. Throws std::invalid_argument where no authentication is chosen or the hash is
// none of bcrypt's, std::logic_error the second time.
//
//     instrument(io, {.auth = basic_authentication{"admin", "$2b$10$…"}});
admin_ui& instrument(server& io, admin_options options);

} // namespace sockeye::socketio
