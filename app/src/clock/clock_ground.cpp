#include "clock/clock_ground.hpp"

#include <utility>

namespace sockeye::app {

namespace steps = clock_steps;

task<std::vector<steps::stored_timing>> clock_ground::look(std::vector<std::string> sessions,
                                                           bool live_on) {
    std::vector<steps::stored_timing> found;
    if (sessions.empty()) co_return found;
    transaction question;
    for (const std::string& session : sessions)
        steps::look(question, session);
    for (const std::string& session : sessions)
        if (live_on)
            question.expire(steps::timing_key(session), options.life)
                .expire(steps::data_key(session), options.life);
    const store_result answer = co_await on.state.commit(std::move(question));
    for (std::size_t i = 0; i < sessions.size(); ++i)
        found.push_back(steps::read_look(std::move(sessions[i]), &answer.replies[2 * i], options));
    co_return found;
}

} // namespace sockeye::app
