#include "gate.hpp"

#include <optional>
#include <utility>

namespace sockeye::app {

void gate::open(std::exception_ptr error) {
    std::vector<socketio::resolver<bool>> waiting; // called without the lock
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(open_, true)) return;
        error_ = std::move(error);
        waiting.swap(waiting_);
    }
    for (const auto& one : waiting)
        one.resolve(true);
}

task<> gate::pass() {
    std::optional<pending<bool>> opened;
    {
        const std::lock_guard lock(mutex_);
        if (!open_) {
            const socketio::resolver<bool> waiting(shards_);
            waiting_.push_back(waiting);
            opened = waiting.answer();
        }
    }
    if (opened) co_await *opened;
    const std::lock_guard lock(mutex_);
    if (error_) std::rethrow_exception(error_);
}

bool gate::is_open() const {
    const std::lock_guard lock(mutex_);
    return open_;
}

} // namespace sockeye::app
