#pragma once

#include <sockeye/app/store.hpp>
#include <sockeye/app/transitions.hpp>

#include <optional>
#include <string>
#include <string_view>

/// How cases and time-outs are kept.
namespace sockeye::app {

/// The keys under a prefix.
struct case_keys {
    std::string prefix;

    [[nodiscard]] std::string state(const std::string& id) const { return prefix + ":state:" + id; }
    [[nodiscard]] std::string lock(const std::string& id, const std::string& move) const {
        return prefix + ":lock:" + id + ":" + move;
    }
    [[nodiscard]] std::string timeouts() const { return prefix + ":timeouts"; }
    [[nodiscard]] std::string channel() const { return prefix + ":transitions"; }
};

/// A time-out that waits: of the phase that the transition of that number led to.
struct case_timeout {
    std::string id;
    std::uint64_t seq = 0;
    std::string move;

    [[nodiscard]] std::string text() const;
    static std::optional<case_timeout> parse(std::string_view text);
};

/// Adds steps that write the state and what follows from it: the time-out of its phase in place of
/// the former one, and the news.
void write_case(transaction& into, const case_keys& keys, const case_state& state,
                const state_machine& machine, const std::optional<case_timeout>& former,
                const case_transition& news, milliseconds life);

/// From a hash's fields and values; throws service_error where there is none, or it is malformed.
case_state read_case(const std::string& id, const std::vector<std::string>& fields);

std::string to_json(const case_transition& from);
std::optional<case_transition> transition_from_json(std::string_view text);

/// The time-out that waits for the case in its phase, if any does.
std::optional<case_timeout> waiting_timeout(const case_state& state, const state_machine& machine);

} // namespace sockeye::app
