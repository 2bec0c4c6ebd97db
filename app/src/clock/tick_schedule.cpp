#include "clock/tick_schedule.hpp"

namespace sockeye::app {

void tick_schedule::set(const std::string& session, const timing& as, milliseconds now) {
    entry next{as, first_after(now, as)};
    if (const auto found = sessions_.find(session); found != sessions_.end()) {
        // A tick that is due but not given yet is not lost where the position goes on.
        const entry& before = found->second;
        const entry same{as, before.due};
        if (before.due <= now && same.position() == before.position()) next.due = before.due;
        order_.erase({before.due, session});
    }
    order_.emplace(next.due, session);
    sessions_.insert_or_assign(session, next);
}

void tick_schedule::remove(const std::string& session) {
    const auto found = sessions_.find(session);
    if (found == sessions_.end()) return;
    order_.erase({found->second.due, session});
    sessions_.erase(found);
}

void tick_schedule::clear() {
    sessions_.clear();
    order_.clear();
}

std::vector<clock_tick> tick_schedule::due(milliseconds now) {
    std::vector<clock_tick> ticks;
    while (!order_.empty() && order_.begin()->first <= now) {
        auto node = order_.extract(order_.begin());
        const std::string& session = node.value().second;
        entry& in = sessions_.find(session)->second;
        const bool is_late = now - in.due >= interval_;
        if (is_late)
            ++skipped_;
        else
            ticks.push_back({session, in.position(), in.due});
        in.due = is_late ? first_after(now, in.as) : in.due + interval_;
        node.value().first = in.due;
        order_.insert(std::move(node));
    }
    return ticks;
}

const timing* tick_schedule::find(const std::string& session) const {
    const auto found = sessions_.find(session);
    return found == sessions_.end() ? nullptr : &found->second.as;
}

std::vector<std::string> tick_schedule::sessions() const {
    std::vector<std::string> all;
    for (const auto& [session, in] : sessions_)
        all.push_back(session);
    return all;
}

milliseconds tick_schedule::first_after(milliseconds now, const timing& as) const {
    const milliseconds position = as.position_at(now);
    const milliseconds next = position - position % interval_ + interval_;
    return as.start_time + (next - as.position);
}

} // namespace sockeye::app
