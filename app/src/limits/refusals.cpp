#include "limits/refusals.hpp"

namespace sockeye::app {

void refusals::add(const std::string& who, milliseconds until, milliseconds now) {
    while (!order_.empty() && order_.begin()->first <= now)
        forget_first();
    const auto [found, added] = ends_.try_emplace(who, until);
    if (!added) order_.erase({std::exchange(found->second, until), who});
    order_.emplace(until, who);
    if (size() > limit_) forget_first();
}

std::optional<std::chrono::milliseconds> refusals::until(const std::string& who,
                                                         milliseconds now) const {
    const auto found = ends_.find(who);
    if (found == ends_.end() || found->second <= now) return std::nullopt;
    return found->second;
}

void refusals::forget_first() {
    ends_.erase(order_.begin()->second);
    order_.erase(order_.begin());
}

} // namespace sockeye::app
