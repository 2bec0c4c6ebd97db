#pragma once

#include "clock/timing.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sockeye::app {

/// When the sessions that are playing tick: whenever a position is a multiple of the interval. So
/// no tick's lateness goes on to the next, and whoever ticks a session, it ticks at the same
/// moments.
class tick_schedule {
public:
    explicit tick_schedule(milliseconds interval) : interval_(interval) {}

    /// Plays, from now on.
    void set(const std::string& session, const timing& as, milliseconds now);
    void remove(const std::string& session);
    void clear();

    /// At most one for each session: what is late by a whole interval is left out.
    std::vector<clock_tick> due(milliseconds now);

    [[nodiscard]] const timing* find(const std::string& session) const;
    [[nodiscard]] std::vector<std::string> sessions() const;
    [[nodiscard]] std::size_t size() const { return sessions_.size(); }
    [[nodiscard]] bool empty() const { return sessions_.empty(); }
    [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

private:
    struct entry {
        timing as;
        milliseconds due;

        [[nodiscard]] milliseconds position() const { return as.position + (due - as.start_time); }
    };
    [[nodiscard]] milliseconds first_after(milliseconds now, const timing& as) const;

    const milliseconds interval_;
    std::unordered_map<std::string, entry> sessions_;
    std::set<std::pair<milliseconds, std::string>> order_;
    std::uint64_t skipped_ = 0;
};

} // namespace sockeye::app
