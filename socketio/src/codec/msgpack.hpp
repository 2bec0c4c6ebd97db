#pragma once

#include <sockeye/socketio/parser.hpp>

#include <string>
#include <string_view>

namespace sockeye::socketio {

/// Which extensions stand for what JavaScript has and MessagePack has not.
enum class msgpack_dialect {
    /// notepack.io 2, which clients speak (socket.io-msgpack-parser 3.0 uses 2.2): undefined is
    /// fixext 1 of type 0, a Date fixext 8 of type 0 with milliseconds, an ArrayBuffer ext 8 to 32
    /// of type 0. A Date becomes the integer of its milliseconds since 1970.
    client,
    /// What servers write for each other: standard MessagePack with timestamps (type -1), as of
    /// notepack.io 3 and @msgpack/msgpack, and the above, as of older servers. A Date of either
    /// form becomes the text that JSON.stringify makes of it, null if it is out of its range.
    server,
};

/// Reads one value; false for anything else, for bytes behind it, keys or strings that are no
/// UTF-8 strings, and for what is beyond `limits`. Undefined becomes null, a Buffer and an
/// ArrayBuffer binary.
bool parse_msgpack(std::string_view bytes, const parser_limits& limits, value& into,
                   msgpack_dialect dialect = msgpack_dialect::client);

/// Appends what either dialect has for it: integers in their shortest form, also those that are
/// doubles, as long as they are exact; other numbers as 64-bit floats.
void append_msgpack(std::string& out, const value& from);
void append_msgpack(std::string& out, const array& items);

/// Appends the packet as a Node server writes it, to the byte.
void append_msgpack(std::string& out, const packet& from);

} // namespace sockeye::socketio
