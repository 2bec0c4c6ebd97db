#include "codec/payload.hpp"

#include "codec/packet_codec.hpp"
#include "codec/utf8.hpp"

#include <cstdint>
#include <utility>

namespace sockeye::engineio {
namespace {

constexpr char separator = '\x1e';
constexpr char text_kind = '\x00';
constexpr char binary_kind = '\x01';
constexpr char length_end = '\xff';

// More than any body needs, and too few to overflow 64 bits.
constexpr std::size_t max_length_digits = 10;

// Takes a decimal length and the `end` behind it off the front of `rest`. No digits at all count as
// 0, which is refused later: no packet is empty.
std::optional<std::uint64_t> take_length(std::string_view& rest, char zero, char end) {
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < rest.size() && i <= max_length_digits; ++i) {
        if (rest[i] == end) {
            rest.remove_prefix(i + 1);
            return length;
        }
        const int digit = rest[i] - zero;
        if (digit < 0 || digit > 9) return std::nullopt;
        length = length * 10 + static_cast<unsigned>(digit);
    }
    return std::nullopt;
}

std::string_view take(std::string_view& rest, std::size_t size) {
    const auto taken = rest.substr(0, size);
    rest.remove_prefix(size);
    return taken;
}

void append_binary_header(std::string& out, char kind, std::size_t length) {
    out.push_back(kind);
    for (const char digit : std::to_string(length))
        out.push_back(static_cast<char>(digit - '0'));
    out.push_back(length_end);
}

} // namespace

payload_reader::payload_reader(protocol version, bool binary_body, std::string_view body,
                               std::size_t max_packets)
    : version_(version), binary_body_(binary_body), rest_(body), packets_left_(max_packets) {
    if (body.empty() || (binary_body && version != protocol::v3)) state_ = payload_step::error;
}

payload_step payload_reader::next(packet_view& out) {
    if (state_ != payload_step::packet) return state_;
    skip_nothings();
    if (rest_.empty()) return state_ = payload_step::end;
    if (packets_left_ == 0) return state_ = payload_step::error;
    --packets_left_;
    const auto from = next_piece();
    const auto packet = from ? decode(*from) : std::nullopt;
    if (!packet) return state_ = payload_step::error;
    out = *packet;
    return payload_step::packet;
}

// "0:" is what version 3 clients write for a payload without packets.
void payload_reader::skip_nothings() {
    if (version_ != protocol::v3 || binary_body_) return;
    while (rest_.starts_with("0:"))
        rest_.remove_prefix(2);
}

std::optional<payload_reader::piece> payload_reader::next_piece() {
    if (version_ == protocol::v4) return next_piece_v4();
    return binary_body_ ? next_piece_v3_binary() : next_piece_v3_text();
}

std::optional<payload_reader::piece> payload_reader::next_piece_v4() {
    const auto end = rest_.find(separator);
    if (end == std::string_view::npos) return piece{std::exchange(rest_, {})};
    const auto bytes = take(rest_, end);
    // A separator at the very end announces one more packet, an empty one: it stays, to be read as
    // that and refused, once the packet before it has been handed out.
    if (rest_.size() > 1) rest_.remove_prefix(1);
    return piece{bytes};
}

std::optional<payload_reader::piece> payload_reader::next_piece_v3_text() {
    const auto units = take_length(rest_, '0', ':');
    if (!units) return std::nullopt;
    const auto size = utf16_prefix(rest_, *units);
    if (!size) return std::nullopt;
    return piece{take(rest_, *size)};
}

std::optional<payload_reader::piece> payload_reader::next_piece_v3_binary() {
    const char kind = rest_.front();
    if (kind != text_kind && kind != binary_kind) return std::nullopt;
    rest_.remove_prefix(1);
    const auto length = take_length(rest_, '\0', length_end);
    if (!length || *length > rest_.size()) return std::nullopt;
    return piece{take(rest_, *length), kind == binary_kind};
}

std::optional<packet_view> payload_reader::decode(const piece& from) {
    if (from.binary_frame) return decode_binary_packet(version_, from.bytes);
    if (!is_valid_utf8(from.bytes)) return std::nullopt;
    return decode_text_packet(version_, from.bytes, scratch_);
}

void append_payload_v4(std::string& out, std::span<const std::string_view> pieces) {
    for (const auto& piece : pieces) {
        if (&piece != pieces.data()) out.push_back(separator);
        out.append(piece);
    }
}

void append_payload_v3(std::string& out, std::span<const std::string_view> pieces) {
    if (pieces.empty()) out.append("0:");
    for (const auto piece : pieces) {
        out.append(std::to_string(utf16_length(piece)));
        out.push_back(':');
        out.append(piece);
    }
}

void append_binary_payload_v3(std::string& out, std::span<const packet_view> packets) {
    for (const auto& packet : packets) {
        append_binary_header(out, packet.binary ? binary_kind : text_kind, 1 + packet.data.size());
        const auto digit = type_digit(packet.type);
        out.push_back(packet.binary ? static_cast<char>(digit - '0') : digit);
        out.append(packet.data);
    }
}

} // namespace sockeye::engineio
