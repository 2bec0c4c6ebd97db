#pragma once

#include <sockeye/socketio/parser.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sockeye::socketio {

/// What stands before a text packet's JSON. Refers to the text it was read from.
struct packet_head {
    packet_type type = packet_type::event; // as written: the binary types included
    std::size_t attachments = 0;
    std::string_view nsp = "/";
    std::optional<std::uint64_t> id{};
    std::string_view json{};
};

/// Reads `<type>[<attachments>-][<namespace>,][<id>]`, as leniently as socket.io-parser 4.2.7, and
/// leaves the JSON as it is. Returns what is wrong, nothing if all is well.
std::string_view parse_head(std::string_view text, const parser_limits& limits, packet_head& head);

/// Whether `data` may be a packet's of that type. Null stands for no data.
bool is_valid_data(packet_type type, const value& data);

} // namespace sockeye::socketio
