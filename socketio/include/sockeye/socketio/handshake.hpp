#pragma once

#include <sockeye/socketio/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::socketio {

// How a client came: its first HTTP request, and what it said when it joined the namespace.
struct handshake {
    std::vector<std::pair<std::string, std::string>> headers; // names in lower case
    std::string time;                                         // as JavaScript writes a date
    std::string address;                                      // of the TCP peer
    bool xdomain = false;                                     // has an Origin
    bool secure = false;                                      // over TLS
    std::int64_t issued = 0;                                  // milliseconds since 1970
    std::string url;
    std::vector<std::pair<std::string, std::string>> query;
    value auth = object{};

    // The first value of that name (in lower case), empty if there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const;
    [[nodiscard]] std::string_view query_value(std::string_view name) const;

    bool operator==(const handshake&) const = default;
};

// What is known of a socket, of this server or another one, at the time of asking.
struct socket_details {
    std::string id;
    socketio::handshake handshake = {};
    std::vector<std::string> rooms = {}; // its own id's included
    value data = object{};

    bool operator==(const socket_details&) const = default;
};

// As the JavaScript objects of the same names, and back: none for what is no such object. Members
// that are missing are as a default made one has them; the socket's id must be there.
value to_value(const handshake& from);
value to_value(const socket_details& from);
std::optional<handshake> handshake_from(const value& from);
std::optional<socket_details> socket_details_from(const value& from);

} // namespace sockeye::socketio
