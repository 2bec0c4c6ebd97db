#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace sockeye::app {

/// Which events of a session the store keeps, so that neither their number nor their bytes grow
/// beyond a bound.
class kept_window {
public:
    kept_window(std::size_t max_events, std::size_t max_bytes)
        : max_events_(max_events), max_bytes_(max_bytes) {}

    /// Later events than any before. Gives those that have to go for it.
    std::vector<std::uint64_t> add(std::uint64_t seq, std::size_t bytes) {
        events_.push_back({seq, bytes});
        bytes_ += bytes;
        std::vector<std::uint64_t> gone;
        while (events_.size() > max_events_ || bytes_ > max_bytes_) {
            gone.push_back(events_.front().seq);
            bytes_ -= events_.front().bytes;
            events_.pop_front();
        }
        return gone;
    }
    /// With what the store keeps by now: the bytes of each event.
    void refill(const std::map<std::uint64_t, std::size_t>& events) {
        events_.clear();
        bytes_ = 0;
        for (const auto& [seq, bytes] : events) {
            events_.push_back({seq, bytes});
            bytes_ += bytes;
        }
    }

private:
    struct kept {
        std::uint64_t seq;
        std::size_t bytes;
    };
    const std::size_t max_events_;
    const std::size_t max_bytes_;
    std::deque<kept> events_;
    std::size_t bytes_ = 0;
};

} // namespace sockeye::app
