#pragma once

#include <chrono>

namespace sockeye::app {

/// Since the epoch.
inline std::chrono::milliseconds wall_clock() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now);
}

} // namespace sockeye::app
