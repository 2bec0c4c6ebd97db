#pragma once

#include <cstdlib>

namespace sockeye::socketio {

inline void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace sockeye::socketio
