#include <sockeye/app/state_machine.hpp>
#include <sockeye/socketio/arguments.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace sockeye::app {

using socketio::field;
using std::chrono::milliseconds;

namespace {

// As they are written: a time is a number there, and what may be left out is optional.
struct written_move {
    std::string name;
    std::vector<std::string> from;
    std::string to;
    std::optional<std::vector<std::string>> by;
    std::optional<bool> by_all;
    std::optional<std::string> emit;
    static constexpr auto fields() {
        return std::tuple{
            field{"name", &written_move::name},    field{"from", &written_move::from},
            field{"to", &written_move::to},        field{"by", &written_move::by},
            field{"byAll", &written_move::by_all}, field{"emit", &written_move::emit}};
    }
};

struct written_timeout {
    std::string phase;
    std::int64_t after = 0;
    std::string move;
    static constexpr auto fields() {
        return std::tuple{field{"phase", &written_timeout::phase},
                          field{"after", &written_timeout::after},
                          field{"move", &written_timeout::move}};
    }
};

struct written_machine {
    std::string name;
    std::vector<std::string> roles;
    std::vector<std::string> phases;
    std::vector<written_move> moves;
    std::optional<std::vector<written_timeout>> timeouts;
    static constexpr auto fields() {
        return std::tuple{
            field{"name", &written_machine::name}, field{"roles", &written_machine::roles},
            field{"phases", &written_machine::phases}, field{"moves", &written_machine::moves},
            field{"timeouts", &written_machine::timeouts}};
    }
};

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

[[noreturn]] void refuse(const state_machine& machine, const std::string& why) {
    throw std::invalid_argument("state machine '" + machine.name + "': " + why);
}

void check_names(const state_machine& machine, const char* what,
                 const std::vector<std::string>& names) {
    std::set<std::string_view> seen;
    for (const std::string& name : names) {
        // They become parts of keys and of entries, which are read back.
        const bool plain =
            !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](unsigned char c) {
                return std::isalnum(c) || c == '_' || c == '-';
            });
        if (!plain)
            refuse(machine, std::string(what) + " '" + name +
                                "': letters, digits, '_' and '-' only, 64 at the most");
        if (!seen.insert(name).second) refuse(machine, std::string(what) + " '" + name + "' twice");
    }
}

void check_move(const state_machine& machine, const machine_move& move) {
    const std::string where = "move '" + move.name + "': ";
    if (move.from.empty()) refuse(machine, where + "it leads out of no phase");
    for (const std::string& phase : move.from)
        if (!contains(machine.phases, phase)) refuse(machine, where + "no phase '" + phase + "'");
    if (!contains(machine.phases, move.to)) refuse(machine, where + "no phase '" + move.to + "'");
    for (const std::string& role : move.by)
        if (!contains(machine.roles, role)) refuse(machine, where + "no role '" + role + "'");
    if (move.emit.empty()) refuse(machine, where + "'emit' is empty");
    if (move.by_all && move.by.empty()) refuse(machine, where + "'byAll' needs roles in 'by'");
}

void check_timeout(const state_machine& machine, const machine_timeout& timeout) {
    const std::string where = "time-out of '" + timeout.phase + "': ";
    if (!contains(machine.phases, timeout.phase)) refuse(machine, where + "there is no such phase");
    if (timeout.after.count() <= 0) refuse(machine, where + "'after' must be more than 0 ms");
    if (!machine.find_move(timeout.move, timeout.phase))
        refuse(machine, where + "no move '" + timeout.move + "' leads out of it");
    if (machine.timeout_of(timeout.phase) != &timeout) refuse(machine, where + "there are two");
}

} // namespace

const machine_move* state_machine::find_move(std::string_view move, std::string_view phase) const {
    const auto found = std::ranges::find_if(moves, [&](const machine_move& one) {
        return one.name == move && contains(one.from, phase);
    });
    return found == moves.end() ? nullptr : &*found;
}

const machine_timeout* state_machine::timeout_of(std::string_view phase) const {
    const auto found = std::ranges::find(timeouts, phase, &machine_timeout::phase);
    return found == timeouts.end() ? nullptr : &*found;
}

bool state_machine::is_final(std::string_view phase) const {
    return std::ranges::none_of(moves,
                                [&](const machine_move& one) { return contains(one.from, phase); });
}

void check(const state_machine& machine) {
    if (machine.phases.empty()) refuse(machine, "it has no phases");
    check_names(machine, "name", {machine.name});
    check_names(machine, "role", machine.roles);
    check_names(machine, "phase", machine.phases);
    std::vector<std::string> names;
    for (const machine_move& move : machine.moves) {
        names.push_back(move.name);
        check_move(machine, move);
    }
    check_names(machine, "move", names);
    for (const machine_timeout& timeout : machine.timeouts)
        check_timeout(machine, timeout);
    for (auto phase = machine.phases.begin() + 1; phase < machine.phases.end(); ++phase)
        if (!std::ranges::count(machine.moves, *phase, &machine_move::to))
            refuse(machine, "phase '" + *phase + "': no move leads to it");
}

state_machine read_machine(const socketio::value& from) {
    auto read = socketio::from_value<written_machine>(from);
    if (!read) throw std::invalid_argument(read.error().describe("a state machine"));
    state_machine made{.name = std::move(read->name),
                       .roles = std::move(read->roles),
                       .phases = std::move(read->phases)};
    for (auto& move : read->moves)
        made.moves.push_back({.name = move.name,
                              .from = move.from,
                              .to = move.to,
                              .by = move.by.value_or(std::vector<std::string>()),
                              .by_all = move.by_all.value_or(false),
                              .emit = move.emit.value_or(machine_move().emit)});
    if (read->timeouts)
        for (auto& timeout : *read->timeouts)
            made.timeouts.push_back({timeout.phase, milliseconds(timeout.after), timeout.move});
    check(made);
    return made;
}

socketio::value to_value(const state_machine& from) {
    written_machine made{from.name, from.roles, from.phases, {}, std::vector<written_timeout>()};
    for (const auto& move : from.moves)
        made.moves.push_back({move.name, move.from, move.to, move.by, move.by_all, move.emit});
    for (const auto& timeout : from.timeouts)
        made.timeouts->push_back({timeout.phase, timeout.after.count(), timeout.move});
    return socketio::to_value(made);
}

state_machine court_machine() {
    using std::chrono::hours;
    using std::chrono::minutes;
    return {.name = "court",
            .roles = {"plaintiff", "defendant"},
            .phases = {"pending", "evidence", "analyzing", "verdict", "closed"},
            .moves =
                {
                    {.name = "accept", .from = {"pending"}, .to = "evidence", .by = {"defendant"}},
                    {.name = "submit",
                     .from = {"evidence"},
                     .to = "analyzing",
                     .by = {"plaintiff", "defendant"},
                     .by_all = true},
                    {.name = "decide", .from = {"analyzing"}, .to = "verdict"},
                    {.name = "settle",
                     .from = {"evidence", "verdict"},
                     .to = "closed",
                     .by = {"plaintiff", "defendant"},
                     .by_all = true},
                    {.name = "cancel", .from = {"pending"}, .to = "closed", .by = {"plaintiff"}},
                    {.name = "expire", .from = {"pending", "evidence", "verdict"}, .to = "closed"},
                },
            .timeouts = {
                {.phase = "pending", .after = hours(24), .move = "expire"},
                {.phase = "evidence", .after = hours(1), .move = "expire"},
                {.phase = "analyzing", .after = std::chrono::seconds(10), .move = "decide"},
                {.phase = "verdict", .after = minutes(30), .move = "expire"},
            }};
}

} // namespace sockeye::app
