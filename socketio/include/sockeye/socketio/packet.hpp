#pragma once

#include <sockeye/socketio/value.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace sockeye::socketio {

/// The value is the packet's digit on the wire (Socket.IO protocol 5; in protocol 4 connect_error
/// is called error). The binary types exist on the wire only: a decoder reports, and an encoder
/// takes, an event or an ack whose data contain binary.
enum class packet_type : std::uint8_t {
    connect,
    disconnect,
    event,
    ack,
    connect_error,
    binary_event,
    binary_ack
};

struct packet {
    packet_type type = packet_type::event;
    std::string nsp = "/";
    std::optional<std::uint64_t> id{}; // asks for an ack with this id, or is one
    /// The event's name and arguments, or the ack's, as an array; an object or a string for the
    /// other types. Null means none: no packet carries a null by itself.
    value data{};

    bool operator==(const packet&) const = default;
};

} // namespace sockeye::socketio
