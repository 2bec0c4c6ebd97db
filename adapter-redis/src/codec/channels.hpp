#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sockeye::adapter_redis {

/// The names under which the classic adapters of a namespace find each other: with the key
/// `socket.io` and the namespace `/`,
///
///     socket.io#/#               broadcasts to none or several rooms
///     socket.io#/#room#          broadcasts to one room
///     socket.io-request#/#       requests of servers and emitters
///     socket.io-response#/#      their answers, for everybody
///     socket.io-response#/#uid#  the same, for the adapter of that uid
struct classic_channels {
    classic_channels(std::string_view key, std::string_view nsp);

    std::string broadcast;
    std::string request;
    std::string response;

    /// Matches every channel that begins with `broadcast`, and nothing else.
    [[nodiscard]] std::string broadcast_pattern() const;
    [[nodiscard]] std::string broadcast_to(std::string_view room) const;
    [[nodiscard]] std::string response_to(std::string_view uid) const;
    /// The room in the name of a channel that matched the pattern; empty if there is none. Nullopt:
    /// a channel of something else. It is a filter, not an address: the message says who is meant.
    [[nodiscard]] std::optional<std::string_view> room_of(std::string_view channel) const;
};

/// The same for the sharded and the streams adapters: with the prefix `socket.io` and the namespace
/// `/`,
///
///     socket.io#/#      what is for all servers
///     socket.io#/#uid#  what is for the adapter of that uid
///     socket.io#/#room# broadcasts to that room, where rooms have channels
struct cluster_channels {
    cluster_channels(std::string_view prefix, std::string_view nsp);

    std::string everybody;

    [[nodiscard]] std::string of(std::string_view uid_or_room) const;
};

/// Takes the meaning out of the characters that have one in a pattern of Redis.
std::string escape_glob(std::string_view text);

} // namespace sockeye::adapter_redis
