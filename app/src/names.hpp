#pragma once

#include <sockeye/app/context.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace sockeye::app {

inline constexpr std::size_t max_name_bytes = 128;

/// Of a user, a room or a session: goes into keys, channels and logs as it is.
inline bool is_name(std::string_view text) {
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
    return !text.empty() && text.size() <= max_name_bytes && std::ranges::none_of(text, is_control);
}

/// The same for people.
inline constexpr std::string_view name_rule = "1 to 128 bytes without control characters";

/// Throws BAD_REQUEST for what cannot be one; `what` it is for.
inline const std::string& checked_name(const std::string& name, std::string_view what) {
    if (!is_name(name))
        throw service_error("BAD_REQUEST",
                            std::string(what) + " must be " + std::string(name_rule));
    return name;
}

} // namespace sockeye::app
