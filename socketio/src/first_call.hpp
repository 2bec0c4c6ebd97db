#pragma once

#include <atomic>
#include <functional>
#include <memory>

namespace sockeye::socketio {

// Tells the first call of a `next` from those that must not count.
inline std::function<bool()> first_call() {
    return
        [called = std::make_shared<std::atomic<bool>>(false)] { return !called->exchange(true); };
}

} // namespace sockeye::socketio
