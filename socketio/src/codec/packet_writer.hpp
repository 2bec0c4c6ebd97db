#pragma once

#include <sockeye/socketio/packet.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::socketio {

/// Appends `<type>[<namespace>,][<id>]`: what stands before the JSON of a packet without binary.
void append_head(std::string& out, packet_type type, std::string_view nsp,
                 std::optional<std::uint64_t> id = std::nullopt);

/// Appends the text of a packet and lists the binaries, parts of `data`, that must follow it. In
/// connect and connect_error there is no place for these: they are written into the JSON.
void append_packet(std::string& out, packet_type type, std::string_view nsp,
                   std::optional<std::uint64_t> id, const value& data,
                   std::vector<const binary*>& attachments);

} // namespace sockeye::socketio
