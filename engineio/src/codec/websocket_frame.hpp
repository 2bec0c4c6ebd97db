#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sockeye::engineio {

/// RFC 6455 §5.2. Values 3-7 and 11-15 are reserved.
enum class opcode : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10
};

/// Two bytes and a 64-bit length: a server's frames carry no mask.
inline constexpr std::size_t max_frame_header = 10;

/// Control frames carry at most this much (RFC 6455 §5.5).
inline constexpr std::size_t max_control_payload = 125;

/// Bytes that write_frame_header() will write for a payload of this size.
std::size_t frame_header_size(std::uint64_t payload);

/// Writes the header of a whole message (FIN set) and returns its size. `out` has room for
/// frame_header_size(payload) bytes. `compressed` sets RSV1 (RFC 7692 §6).
std::size_t write_frame_header(char* out, opcode op, std::uint64_t payload,
                               bool compressed = false);

/// XORs `data` with the client's masking key. `phase` is the position of data[0] in the frame's
/// payload: a payload may be unmasked in pieces.
void unmask(char* data, std::size_t n, const unsigned char key[4], std::size_t phase = 0);

/// A complete close frame. Code 0 stands for "no code": the payload is empty, whatever the reason.
/// A reason that does not fit a control frame is cut, at a character's boundary.
std::string close_frame(std::uint16_t code, std::string_view reason = {});

} // namespace sockeye::engineio
