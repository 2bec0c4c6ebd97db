#pragma once

#include <sockeye/socketio/value.hpp>

#include <optional>
#include <utility>

namespace sockeye::socketio {

// Of the arguments of an answer, the one that travels between servers, if there is any.
inline std::optional<value> first_of(array arguments) {
    if (arguments.empty()) return std::nullopt;
    return std::move(arguments.front());
}

} // namespace sockeye::socketio
