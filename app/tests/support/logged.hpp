#pragma once

#include "support/log_world.hpp"

#include <numeric>

/// What is in a log, and ways to get it there.
namespace sockeye::app {

inline std::vector<std::uint64_t> numbers_of(const std::vector<logged_event>& events) {
    std::vector<std::uint64_t> numbers;
    for (const logged_event& event : events)
        numbers.push_back(event.sequence_number);
    return numbers;
}

inline std::vector<std::uint64_t> up_to(std::uint64_t last) {
    std::vector<std::uint64_t> all(last);
    std::iota(all.begin(), all.end(), 1);
    return all;
}

using all_events = std::vector<logged_event>;

inline all_events read_all(event_log& log, const std::string& session_id) {
    const auto gather = [](all_events all, const logged_event& event) {
        all.push_back(event);
        return all;
    };
    return wait(replay(log, session_id, all_events(), gather));
}

/// Appends so many and waits for the last answer; each is `{"by": by, "n": 0…}`.
inline void append_many(event_log& log, const std::string& session_id, const std::string& by,
                        std::size_t count) {
    std::vector<pending<logged_event>> answers;
    for (std::size_t n = 0; n < count; ++n)
        answers.push_back(log.append({.session_id = session_id,
                                      .type = "t",
                                      .data = socketio::object{{"by", by}, {"n", n}}}));
    for (const auto& answer : answers)
        wait(answer);
}

} // namespace sockeye::app
