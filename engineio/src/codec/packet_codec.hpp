#pragma once

#include <sockeye/engineio/packet.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sockeye::engineio {

/// The digit that stands for `type` in a text packet.
constexpr char type_digit(packet_type type) {
    return static_cast<char>('0' + static_cast<int>(type));
}

/// Reads one packet in text form: "4hello"; binary as base64, v4 "bAQID", v3 "b4AQID".
/// Base64 is decoded into `scratch` (overwritten), to which the view then refers; otherwise the
/// view refers to `text`. Whether `text` is UTF-8 is the caller's business.
std::optional<packet_view> decode_text_packet(protocol version, std::string_view text,
                                              std::string& scratch);

/// Reads one packet from a binary WebSocket frame. v4: all of it is the data of a message.
/// v3: the type comes first, as a byte 0..6.
std::optional<packet_view> decode_binary_packet(protocol version, std::string_view frame);

/// Appends the text form of `packet`. v4 has no place for the type of a binary packet: there it
/// must be a message.
void append_text_packet(std::string& out, protocol version, const packet_view& packet);

} // namespace sockeye::engineio
