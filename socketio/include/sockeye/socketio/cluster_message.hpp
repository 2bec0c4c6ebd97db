#pragma once

#include <sockeye/socketio/handshake.hpp>
#include <sockeye/socketio/selection.hpp>
#include <sockeye/socketio/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What servers of a cluster say to each other, however it is encoded. The vocabulary is the
// reference's; docs/adapters.md says what each message means.

namespace sockeye::socketio {

namespace cluster {

// ---- presence, where the medium does not know who is there
struct initial_heartbeat {
    bool operator==(const initial_heartbeat&) const = default;
};
struct heartbeat {
    bool operator==(const heartbeat&) const = default;
};
struct adapter_close {
    bool operator==(const adapter_close&) const = default;
};

// ---- for the sockets of other servers
struct broadcast {
    array event; // its name and arguments
    selection to = {};
    emit_flags flags = {};
    std::optional<std::string> request_id = {}; // acknowledgements are wanted
    bool operator==(const broadcast&) const = default;
};
struct join {
    selection who;
    emit_flags flags;
    std::vector<std::string> rooms;
    bool operator==(const join&) const = default;
};
struct leave {
    selection who;
    emit_flags flags;
    std::vector<std::string> rooms;
    bool operator==(const leave&) const = default;
};
struct disconnect {
    selection who;
    emit_flags flags;
    bool close = false; // the whole connection, not only the namespace
    bool operator==(const disconnect&) const = default;
};

// ---- questions
struct fetch_sockets {
    selection who;
    emit_flags flags;
    std::string request_id;
    bool operator==(const fetch_sockets&) const = default;
};
struct server_side_emit {
    array event;
    std::optional<std::string> request_id = {}; // an answer is wanted
    bool operator==(const server_side_emit&) const = default;
};

// ---- answers, to the server that asked
struct sockets_response {
    std::string request_id;
    std::vector<socket_details> sockets;
    bool operator==(const sockets_response&) const = default;
};
struct server_side_response {
    std::string request_id;
    std::optional<value> answer = {}; // none: it was given without an argument
    bool operator==(const server_side_response&) const = default;
};
struct client_count { // of a broadcast with acknowledgements: how many were asked
    std::string request_id;
    std::size_t clients = 0;
    bool operator==(const client_count&) const = default;
};
struct client_answer { // what one of them acknowledged with
    std::string request_id;
    std::optional<value> answer = {}; // none: it was given without an argument
    bool operator==(const client_answer&) const = default;
};

} // namespace cluster

// Says who is no server: nobody waits for it, and it answers nothing.
inline constexpr std::string_view emitter_uid = "emitter";

struct cluster_message {
    // Types 1 to 13, in the order of their numbers.
    using content =
        std::variant<cluster::initial_heartbeat, cluster::heartbeat, cluster::broadcast,
                     cluster::join, cluster::leave, cluster::disconnect, cluster::fetch_sockets,
                     cluster::sockets_response, cluster::server_side_emit,
                     cluster::server_side_response, cluster::client_count, cluster::client_answer,
                     cluster::adapter_close>;

    std::string uid; // of the adapter that says it, or emitter_uid
    std::string nsp;
    content what;

    // As the reference's object: {type, data, uid, nsp}, `data` where the message has any.
    [[nodiscard]] value to_value() &&;
    [[nodiscard]] value to_value() const& { return cluster_message(*this).to_value(); }
    // None for what is no message: another type, a member that is missing or of another kind. Of
    // `flags`, those that are not known are left out.
    static std::optional<cluster_message> from_value(value from);
    [[nodiscard]] int type() const { return static_cast<int>(what.index()) + 1; }
    bool operator==(const cluster_message&) const = default;
};

} // namespace sockeye::socketio
