#pragma once

#include <sockeye/socketio/selection.hpp>
#include <sockeye/socketio/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the formats of all adapters have in common.

namespace sockeye::adapter_redis {

using socketio::emit_flags;
using socketio::selection;
using socketio::value;

/// One JSON or MessagePack value, told apart by the first byte as Node's adapters do. False for
/// anything else. What arrives here was published by whoever can reach Redis.
bool parse_json(std::string_view bytes, value& into);
bool parse_msgpack(std::string_view bytes, value& into);
bool parse_either(std::string_view bytes, value& into);

/// The member, if it is a string; null otherwise. The second takes its content away.
const std::string* find_text(const value& from, std::string_view key);
std::string take_text(value& from, std::string_view key);

/// An array of names. Numbers are names too, in decimal: JavaScript callers may use them as rooms.
/// Missing or null: none. Nullopt: something else.
std::optional<std::vector<std::string>> read_names(const value* from);

/// Whom an operation reaches and how. A selection without `rooms` or `except`, flags that are
/// missing or unknown: all that is normal.
struct operation_options {
    selection to;
    emit_flags flags;
};
std::optional<operation_options> read_options(const value& from);
/// With the keys `rooms`, `except` and, if wanted, `flags`.
value make_selection(const selection& to);
value make_options(const selection& to, const emit_flags& flags);

value make_names(const std::vector<std::string>& names);

} // namespace sockeye::adapter_redis
