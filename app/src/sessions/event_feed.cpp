#include "sessions/event_feed.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::app {

event_feed::events event_feed::start(std::optional<std::uint64_t> position) {
    beginning_ = position ? beginning::over : beginning::with_the_first;
    position_ = position.value_or(0);
    waiting_.erase(waiting_.begin(), waiting_.upper_bound(position_));
    return next();
}

event_feed::events event_feed::take(session_event_ptr event) {
    if (event->seq <= position_) return {};
    waiting_.try_emplace(event->seq, std::move(event));
    if (waiting_.size() > max_waiting) waiting_.erase(std::prev(waiting_.end()));
    return next();
}

event_feed::events event_feed::next() {
    events ready;
    if (beginning_ == beginning::waited_for || waiting_.empty()) return ready;
    if (std::exchange(beginning_, beginning::over) == beginning::with_the_first)
        position_ = waiting_.begin()->first - 1;
    while (!waiting_.empty() && waiting_.begin()->first == position_ + 1) {
        ready.push_back(std::move(waiting_.begin()->second));
        waiting_.erase(waiting_.begin());
        ++position_;
    }
    return ready;
}

std::optional<event_feed::range> event_feed::gap() const {
    if (beginning_ != beginning::over || waiting_.empty()) return std::nullopt;
    return range{position_ + 1, waiting_.begin()->first - 1};
}

std::optional<event_feed::range> event_feed::skip(std::uint64_t last) {
    if (beginning_ != beginning::over) return std::nullopt;
    if (!waiting_.empty()) last = std::min(last, waiting_.begin()->first - 1);
    if (last <= position_) return std::nullopt;
    return range{std::exchange(position_, last) + 1, last};
}

} // namespace sockeye::app
