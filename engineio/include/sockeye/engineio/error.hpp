#pragma once

#include <cstdint>
#include <string_view>

namespace sockeye::engineio {

// Why a request was refused. The values travel in the answer's body, so they are part of the wire.
enum class request_error : std::uint8_t {
    transport_unknown = 0,
    session_unknown = 1,
    bad_handshake_method = 2,
    bad_request = 3,
    forbidden = 4,
    unsupported_protocol = 5,
};

// The sentence that a client is told, and the HTTP status of a polling answer.
std::string_view message(request_error error);
unsigned http_status(request_error error);

// Why a session ended: a closed list. `text` is what applications, logs and metrics see.
enum class close_reason : std::uint8_t {
    transport_error, // the peer broke the protocol, or the connection failed
    transport_close, // the peer went away, or said so
    forced_close,    // this side closed the session
    ping_timeout,    // the peer stopped answering
    parse_error,     // a packet that cannot be decoded
    slow_reader,     // the peer did not read what waited for it (ours; see options::overflow)
};
inline constexpr unsigned close_reason_count = 6;

std::string_view text(close_reason reason);

} // namespace sockeye::engineio
