#include "codec/websocket_frame.hpp"

#include <cstring>

namespace sockeye::engineio {
namespace {

constexpr unsigned char fin_bit = 0x80;
constexpr unsigned char rsv1_bit = 0x40;

// Payload lengths that do not fit seven bits follow in two or in eight (RFC 6455 §5.2).
constexpr std::uint64_t max_length_7 = 125;
constexpr std::uint64_t max_length_16 = 0xffff;
constexpr char length_16_follows = 126;
constexpr char length_64_follows = 127;

char* write_big_endian(char* out, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        *out++ = static_cast<char>(value >> shift);
    return out;
}

std::string_view cut_at_character(std::string_view text, std::size_t max) {
    if (text.size() <= max) return text;
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
    while (max > 0 && continues(text[max]))
        --max;
    return text.substr(0, max);
}

} // namespace

std::size_t frame_header_size(std::uint64_t payload) {
    if (payload <= max_length_7) return 2;
    return payload <= max_length_16 ? 4 : max_frame_header;
}

std::size_t write_frame_header(char* out, opcode op, std::uint64_t payload, bool compressed) {
    char* p = out;
    *p++ = static_cast<char>(fin_bit | (compressed ? rsv1_bit : 0) | static_cast<unsigned>(op));
    if (payload <= max_length_7) {
        *p++ = static_cast<char>(payload);
    } else if (payload <= max_length_16) {
        *p++ = length_16_follows;
        p = write_big_endian(p, payload, 2);
    } else {
        *p++ = length_64_follows;
        p = write_big_endian(p, payload, 8);
    }
    return static_cast<std::size_t>(p - out);
}

void unmask(char* data, std::size_t n, const unsigned char key[4], std::size_t phase) {
    char rotated[8];
    for (std::size_t i = 0; i < sizeof rotated; ++i)
        rotated[i] = static_cast<char>(key[(phase + i) % 4]);
    std::uint64_t key_word;
    std::memcpy(&key_word, rotated, sizeof key_word);

    std::size_t i = 0;
    for (; n - i >= sizeof key_word; i += sizeof key_word) {
        std::uint64_t word;
        std::memcpy(&word, data + i, sizeof word);
        word ^= key_word;
        std::memcpy(data + i, &word, sizeof word);
    }
    for (; i < n; ++i)
        data[i] = static_cast<char>(data[i] ^ rotated[i % sizeof rotated]);
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
    constexpr std::size_t code_size = 2;
    reason = code == 0 ? "" : cut_at_character(reason, max_control_payload - code_size);
    const std::size_t payload = code == 0 ? 0 : code_size + reason.size();

    char head[max_frame_header + code_size];
    char* end = head + write_frame_header(head, opcode::close, payload);
    if (code != 0) end = write_big_endian(end, code, code_size);
    return std::string(head, end).append(reason);
}

} // namespace sockeye::engineio
