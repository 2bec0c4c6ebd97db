#pragma once

#include "state/timing_wheel.hpp"

#include <algorithm>
#include <cstddef>

namespace sockeye::engineio {

// So many per second, a second's worth at once. A rate of 0 is no limit.
class token_bucket {
public:
    token_bucket(std::size_t per_second, time_point start)
        : rate_(static_cast<double>(per_second)), tokens_(rate_), filled_(start) {}

    [[nodiscard]] bool take(time_point now) {
        if (rate_ == 0) return true;
        const double passed = std::chrono::duration<double>(now - filled_).count();
        tokens_ = std::min(rate_, tokens_ + passed * rate_);
        filled_ = now;
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }

private:
    double rate_;
    double tokens_;
    time_point filled_;
};

} // namespace sockeye::engineio
