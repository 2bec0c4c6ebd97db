#pragma once

#include <sockeye/socketio/value.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::app {

// A move from one phase to another. `by` are the roles of those who may make it; nobody but a
// time-out may where it is empty.
struct machine_move {
    std::string name;
    std::vector<std::string> from;
    std::string to;
    std::vector<std::string> by = {};
    // Only once each of `by` has made it; until then the phase stays.
    bool by_all = false;
    // The event that those who watch the case are told.
    std::string emit = "case:transition";
};

// Made by itself when the phase has lasted so long.
struct machine_timeout {
    std::string phase;
    std::chrono::milliseconds after{};
    std::string move;
};

// The phases that two or more parties go through, as data.
struct state_machine {
    std::string name;
    std::vector<std::string> roles;
    std::vector<std::string> phases; // the first is where a case begins
    std::vector<machine_move> moves;
    std::vector<machine_timeout> timeouts = {};

    // The move of that name, if it leads out of the phase.
    [[nodiscard]] const machine_move* find_move(std::string_view move,
                                                std::string_view phase) const;
    [[nodiscard]] const machine_timeout* timeout_of(std::string_view phase) const;
    [[nodiscard]] bool is_final(std::string_view phase) const; // no move leads out of it
};

// Throw std::invalid_argument, which says what is wrong and where: names that are not there, phases
// that nothing leads to, time-outs that no move follows.
void check(const state_machine& machine);
// From an object with the members of the structs above, "after" in milliseconds: checked.
state_machine read_machine(const socketio::value& from);
socketio::value to_value(const state_machine& from);

// Two parties: pending → evidence → analyzing → verdict → closed.
state_machine court_machine();

} // namespace sockeye::app
