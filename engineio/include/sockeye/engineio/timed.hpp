#pragma once

#include <chrono>
#include <cstdint>

namespace sockeye::engineio {

using time_point = std::chrono::steady_clock::time_point;

class timing_wheel;

// Something with one deadline at a time (see shards::set_timer). Unlinks itself when it is
// destroyed.
class timed {
public:
    timed() = default;
    timed(const timed&) = delete;
    timed& operator=(const timed&) = delete;

protected:
    ~timed() { unlink(); }

private:
    friend class timing_wheel;
    virtual void on_timer(time_point now) = 0;
    void unlink();

    timed* next_ = nullptr; // a ring with the slot as its start; null: not waiting
    timed* previous_ = nullptr;
    std::uint64_t tick_ = 0;
};

} // namespace sockeye::engineio
