#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sockeye::engineio {

/// What a client's opening request says (RFC 6455 §4.2.1): values of the header fields named like
/// the members, empty if absent, several fields of one name joined by commas.
struct websocket_request {
    std::string_view method, upgrade, connection, version, key, protocols, extensions;
    bool http_1_1 = false; // or later
};

/// In the order in which they are checked, the order of Node's `ws`.
enum class handshake_error : std::uint8_t {
    invalid_method,
    invalid_upgrade, // also: no `Connection: upgrade`, or HTTP/1.0
    invalid_key,
    invalid_version, // the answer names the versions we speak: Sec-WebSocket-Version: 13, 8
    invalid_protocol,
    invalid_extensions, // only if permessage-deflate is on; otherwise the field is ignored
};

inline constexpr std::string_view supported_websocket_versions = "13, 8";

unsigned http_status(handshake_error error);        // 405 or 400
std::string_view error_text(handshake_error error); // the body of the answer

/// What is wrong with the request, if anything is. Time linear in its size.
std::optional<handshake_error> check_handshake(const websocket_request& request,
                                               bool deflate_enabled);

/// Whether the request asks for an upgrade to something (`Connection: upgrade` and any `Upgrade`):
/// without, it is an ordinary request, which is not answered with the errors above.
bool asks_for_upgrade(std::string_view upgrade, std::string_view connection);

/// The value of Sec-WebSocket-Accept (RFC 6455 §4.2.2).
std::string accept_key(std::string_view sec_websocket_key);

/// The first sub-protocol offered, which is the one we echo; empty if none is offered or the field
/// is malformed.
std::string_view first_protocol(std::string_view sec_websocket_protocol);

enum class deflate_outcome : std::uint8_t {
    none,      // no offer that we can accept: the connection goes on uncompressed
    accepted,  // `header` is the value of Sec-WebSocket-Extensions in the answer
    malformed, // refuse the handshake with handshake_error::invalid_extensions
};

struct deflate_negotiation {
    deflate_outcome outcome = deflate_outcome::none;
    std::string header;
};

/// Takes the first acceptable offer of permessage-deflate (RFC 7692 §5.1). Both sides give up
/// context takeover: see codec/deflate.hpp for what that buys.
deflate_negotiation negotiate_deflate(std::string_view sec_websocket_extensions);

} // namespace sockeye::engineio
