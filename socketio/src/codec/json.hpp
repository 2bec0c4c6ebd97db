#pragma once

#include <sockeye/socketio/parser.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sockeye::socketio {

/// Reads what JSON.parse takes of `text`, which is UTF-8 (Engine.IO has seen to that); false for
/// anything else and for what is beyond `limits`.
/// Three things differ: integers keep all their 64 bits; numbers beyond the range of a double are
/// refused; half a surrogate pair, which UTF-8 cannot hold, is read as U+FFFD.
bool parse_json(std::string_view text, const parser_limits& limits, value& into);

/// Appends what JSON.stringify writes, to the byte. Integers are exact. Bytes that are no UTF-8
/// become U+FFFD. Binary is written as Node's Buffer is: {"type":"Buffer","data":[1,2]}.
void append_json(std::string& out, const value& from);

/// The same, but in place of each binary a placeholder with its index in `attachments`.
void append_json(std::string& out, const value& from, std::vector<const binary*>& attachments);

void append_json_string(std::string& out, std::string_view text);
void append_json_number(std::string& out, double number);

} // namespace sockeye::socketio
