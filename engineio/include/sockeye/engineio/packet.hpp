#pragma once

#include <cstdint>
#include <string_view>

namespace sockeye::engineio {

/// What a packet is for. The value is its digit on the wire: a message is '4' as text, byte 4 in a
/// version 3 binary frame.
enum class packet_type : std::uint8_t { open, close, ping, pong, message, upgrade, noop };

/// The revision a client speaks, from EIO in its query. It fixes every wire form of its session.
enum class protocol : std::uint8_t { v3 = 3, v4 = 4 };

/// A packet whose data live elsewhere: nothing is owned, so it is as short-lived as what it was
/// read from.
struct packet_view {
    packet_type type = packet_type::noop;
    bool binary = false;   // otherwise `data` is UTF-8 text
    std::string_view data; // without the type
};

} // namespace sockeye::engineio
