#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace sockeye::socketio {

// Whom an operation reaches: everyone in one of the rooms (no rooms: in the namespace) who is in
// none of the excepted ones. Everybody once.
struct selection {
    std::vector<std::string> rooms;
    std::vector<std::string> except;

    bool operator==(const selection&) const = default;
};

// Whether it reaches a socket that is in those rooms.
bool includes(const selection& to, const std::unordered_set<std::string_view>& rooms);

// How something is sent.
struct emit_flags {
    bool volatile_ = false; // only to those who can take it this moment
    bool compress = true;
    bool local = false; // to this server's sockets, whatever the cluster
    // For acknowledgements, and for the answers of other servers. Unset: a socket's acknowledgement
    // is awaited for as long as the socket is there, other servers for 5 s.
    std::optional<std::chrono::milliseconds> timeout = {};
    bool single_answer = false; // of a remote_socket: one client answers

    bool operator==(const emit_flags&) const = default;
};

// One room, or several.
class room_names {
public:
    room_names(std::string room) { names_.push_back(std::move(room)); }
    room_names(std::string_view room) { names_.emplace_back(room); }
    room_names(const char* room) { names_.emplace_back(room); }
    room_names(std::vector<std::string> rooms) : names_(std::move(rooms)) {}
    room_names(std::initializer_list<std::string> rooms) : names_(rooms) {}
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

private:
    std::vector<std::string> names_;
};

} // namespace sockeye::socketio
