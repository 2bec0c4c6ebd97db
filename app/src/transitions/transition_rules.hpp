#pragma once

#include <sockeye/app/transitions.hpp>

namespace sockeye::app {

/// What a move makes of a case.
struct planned_transition {
    case_state after;
    case_transition news;
};

/// Throws FORBIDDEN, MOVE_NOT_ALLOWED, BAD_REQUEST.
planned_transition plan_creation(const state_machine& machine, std::string id,
                                 std::map<std::string, std::string> parties, milliseconds now);
/// `user` empty: a time-out.
planned_transition plan_move(const state_machine& machine, const case_state& before,
                             const std::string& move, const std::string& user, milliseconds now);

} // namespace sockeye::app
