#pragma once

#include <sockeye/socketio/parser.hpp>

#include <string>
#include <string_view>

namespace sockeye::socketio {

// The dialect of notepack.io 2.2, which socket.io-msgpack-parser 3.0 uses: undefined is fixext 1 of
// type 0, a Date fixext 8 of type 0 with milliseconds, an ArrayBuffer ext 8 to 32 of type 0.

/// Reads one value; false for anything else, for bytes behind it, keys or strings that are no
/// UTF-8 strings, and for what is beyond `limits`. Undefined becomes null, a Date the integer of
/// its milliseconds since 1970, a Buffer and an ArrayBuffer binary.
bool parse_msgpack(std::string_view bytes, const parser_limits& limits, value& into);

/// Appends the packet as a Node server writes it, to the byte.
void append_msgpack(std::string& out, const packet& from);

} // namespace sockeye::socketio
