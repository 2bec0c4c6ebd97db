#pragma once

#include <algorithm>
#include <string>

namespace sockeye::app {

/// With a space in place of each control character, which could end the line or rule a terminal.
inline std::string one_line(std::string text) {
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
    std::ranges::replace_if(text, is_control, ' ');
    return text;
}

} // namespace sockeye::app
