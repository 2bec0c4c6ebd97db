#include "transitions/transition_rules.hpp"

#include "names.hpp"

#include <algorithm>

namespace sockeye::app {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

// Of the roles that may make the move, those that are this user's.
std::vector<std::string> roles_of(const std::string& user, const machine_move& move,
                                  const case_state& in) {
    std::vector<std::string> roles;
    for (const auto& [role, party] : in.parties)
        if (party == user && contains(move.by, role)) roles.push_back(role);
    return roles;
}

void enter(case_state& state, const state_machine& machine, const std::string& phase,
           milliseconds now) {
    state.phase = phase;
    state.since = now;
    state.agreed.clear();
    const machine_timeout* timeout = machine.timeout_of(phase);
    state.deadline = timeout ? std::optional(now + timeout->after) : std::nullopt;
}

// Whether that was the last one who had to.
bool agree(case_state& state, const machine_move& move, const std::vector<std::string>& roles) {
    auto& agreed = state.agreed[move.name];
    for (const std::string& role : roles)
        if (!contains(agreed, role)) agreed.push_back(role);
    return std::ranges::all_of(move.by,
                               [&](const std::string& role) { return contains(agreed, role); });
}

} // namespace

planned_transition plan_creation(const state_machine& machine, std::string id,
                                 std::map<std::string, std::string> parties, milliseconds now) {
    for (const std::string& role : machine.roles)
        if (!parties.contains(role) || !is_name(parties[role]))
            throw service_error("BAD_REQUEST", "the case needs a user as '" + role + "'");
    if (parties.size() != machine.roles.size())
        throw service_error("BAD_REQUEST", "the case has roles that '" + machine.name + "' lacks");
    case_state state{.id = std::move(id), .machine = machine.name, .seq = 1};
    state.parties = std::move(parties);
    enter(state, machine, machine.phases.front(), now);
    case_transition news{.id = state.id, .move = "create", .to = state.phase, .seq = 1, .at = now};
    news.emit = machine_move().emit;
    return {std::move(state), std::move(news)};
}

planned_transition plan_move(const state_machine& machine, const case_state& before,
                             const std::string& move, const std::string& user, milliseconds now) {
    const machine_move* rule = machine.find_move(move, before.phase);
    if (!rule)
        throw service_error("MOVE_NOT_ALLOWED",
                            "'" + move + "' does not lead out of phase '" + before.phase + "'");
    planned_transition plan{before, {.id = before.id, .move = move, .from = before.phase}};
    case_state& after = plan.after;
    const auto roles = roles_of(user, *rule, before);
    if (!user.empty() && roles.empty())
        throw service_error("FORBIDDEN", "'" + move + "' is not for '" + user + "' to make");
    ++after.seq;
    const bool moves_on = user.empty() || !rule->by_all || agree(after, *rule, roles);
    if (moves_on) enter(after, machine, rule->to, now);
    plan.news.to = after.phase;
    plan.news.seq = after.seq;
    plan.news.at = now;
    plan.news.by = user;
    plan.news.emit = rule->emit;
    return plan;
}

} // namespace sockeye::app
