#pragma once

#include "codec/wire.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The messages of @socket.io/redis-adapter 7 and 8 (createAdapter) and of @socket.io/redis-emitter.
//
// Messages are written from structs that cannot be incomplete: nobody is ever sent a malformed one.
// Reading never throws; what is not exactly one well-formed message is refused, by nullopt.

namespace sockeye::adapter_redis {

/// An event with its arguments, binary among them where it stands, and the namespace it is for.
struct classic_packet {
    socketio::array event; // its name first
    std::string nsp = "/";
};

struct classic_broadcast {
    std::string uid; // of the adapter that published it; empty: not said
    classic_packet packet;
    selection to;
    emit_flags flags;
};

std::string encode(const classic_broadcast& from);
std::optional<classic_broadcast> decode_broadcast(std::string_view payload);

// What a request may want. Joining, leaving and disconnecting also come back to who asked.

struct ids_request { // of version 7 only
    std::vector<std::string> rooms;
};
struct rooms_request {};
struct join_request {
    selection who;
    std::vector<std::string> rooms;
};
struct leave_request {
    selection who;
    std::vector<std::string> rooms;
};
struct disconnect_request {
    selection who;
    bool close = false;
};
struct fetch_request {
    selection who;
};
struct event_request {
    socketio::array event;
};
struct ask_request { // an event that clients are to acknowledge
    classic_packet packet;
    selection to;
    emit_flags flags;
};

struct classic_request {
    std::string uid; // of who asks; empty: an emitter, or version 7.0
    /// To be repeated in the answer. Empty: none is wanted. With a join, leave or disconnect of
    /// version 7, which names a single socket (`who.rooms` is its id), its server alone answers.
    std::string request_id;
    std::variant<ids_request, rooms_request, join_request, leave_request, disconnect_request,
                 fetch_request, event_request, ask_request>
        what;
};

std::string encode(const classic_request& from);
std::optional<classic_request> decode_request(std::string_view payload);

struct done_response {}; // to version 7's requests about a single socket
struct sockets_response {
    socketio::array sockets; // ids or details, by what was asked
};
struct rooms_response {
    std::vector<std::string> rooms;
};
struct event_response {
    std::optional<value> answer; // none: JavaScript's undefined
};
struct client_count_response {
    std::size_t clients = 0;
};
struct client_response {
    std::optional<value> answer;
};

struct classic_response {
    std::string request_id;
    std::variant<done_response, sockets_response, rooms_response, event_response,
                 client_count_response, client_response>
        what;
};

std::string encode(const classic_response& from);
std::optional<classic_response> decode_response(std::string_view payload);

} // namespace sockeye::adapter_redis
