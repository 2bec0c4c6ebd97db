#include "codec/packet_codec.hpp"

#include "codec/base64.hpp"

namespace sockeye::engineio {
namespace {

// `zero` is what stands for type 0: the digit in text, byte 0 in a version 3 binary frame.
std::optional<packet_view> decode_typed(std::string_view packet, char zero, bool binary) {
    if (packet.empty()) return std::nullopt;
    const int type = packet.front() - zero;
    if (type < 0 || type > static_cast<int>(packet_type::noop)) return std::nullopt;
    return packet_view{static_cast<packet_type>(type), binary, packet.substr(1)};
}

} // namespace

std::optional<packet_view> decode_text_packet(protocol version, std::string_view text,
                                              std::string& scratch) {
    if (!text.starts_with('b')) return decode_typed(text, '0', false);
    text.remove_prefix(1);
    packet_view packet{packet_type::message, true, text};
    if (version == protocol::v3) {
        const auto typed = decode_typed(text, '0', true);
        if (!typed) return std::nullopt;
        packet = *typed;
    }
    scratch.clear();
    base64_decode(scratch, packet.data);
    packet.data = scratch;
    return packet;
}

std::optional<packet_view> decode_binary_packet(protocol version, std::string_view frame) {
    if (version == protocol::v3) return decode_typed(frame, '\0', true);
    return packet_view{packet_type::message, true, frame};
}

void append_text_packet(std::string& out, protocol version, const packet_view& packet) {
    if (packet.binary) out.push_back('b');
    if (!packet.binary || version == protocol::v3) out.push_back(type_digit(packet.type));
    if (packet.binary) {
        base64_encode(out, packet.data);
    } else {
        out.append(packet.data);
    }
}

} // namespace sockeye::engineio
