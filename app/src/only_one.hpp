#pragma once

#include <atomic>

namespace sockeye::app {

/// Work that must not be done twice at once: true for the first that comes, until it ends.
class only_one {
public:
    explicit only_one(std::atomic<bool>& busy) : busy_(busy), first_(!busy.exchange(true)) {}
    only_one(const only_one&) = delete;
    only_one& operator=(const only_one&) = delete;
    ~only_one() {
        if (first_) busy_ = false;
    }
    explicit operator bool() const { return first_; }

private:
    std::atomic<bool>& busy_;
    const bool first_;
};

} // namespace sockeye::app
