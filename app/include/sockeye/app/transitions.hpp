#pragma once

#include <sockeye/app/context.hpp>
#include <sockeye/app/state_machine.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sockeye::app {

struct transition_options {
    std::string prefix = "court"; // of all keys, such as `court:lock:{case}:{move}`
    // Of the lock on a move. Whoever takes longer is overtaken, and cannot write any more.
    milliseconds lock_life = seconds(5);
    milliseconds check_interval = milliseconds(500);      // for time-outs that are due
    milliseconds case_life = std::chrono::hours(24 * 30); // after the last change
    std::size_t max_due_at_once = 100;                    // time-outs that are read at once,
    std::size_t max_fired_at_once = 16; // and that are on their way to the store at once
};

// Where a case is.
struct case_state {
    std::string id;
    std::string machine;
    std::string phase;
    std::uint64_t seq = 0; // of the transition that led here, from 1
    milliseconds since{};
    std::optional<milliseconds> deadline;                   // when it moves on by itself
    std::map<std::string, std::string> parties;             // users by role
    std::map<std::string, std::vector<std::string>> agreed; // roles by move, of moves by all
};

// What has happened to a case. Agreement with a move by all changes no phase, but counts.
struct case_transition {
    std::string id;
    std::string move; // "create" for the first
    std::string from; // empty for the first
    std::string to;
    std::uint64_t seq = 0;
    milliseconds at{};
    std::string by; // a user; empty: a time-out
    std::string emit;
};

// Cases that go through the phases of state machines. Every transition happens once in the cluster,
// on one instance, whoever asks for it and however many at once; so does every time-out, also when
// the instance that was there when it began is gone. How it works: docs/transitions.md.
//
// Tasks throw service_error: CASE_NOT_FOUND, CASE_EXISTS, MACHINE_NOT_FOUND, MOVE_NOT_ALLOWED,
// FORBIDDEN or CONFLICT; and operation_error where the store is away.
class transitions {
public:
    // Told of every transition of the cluster, in each case's order, on any thread.
    using listener = std::function<void(const case_transition&)>;
    // What a transition takes beside the new state: run by the one instance that makes it, before
    // it counts. If it throws, nothing has happened. It may run again, on another instance, if this
    // one dies or takes longer than the lock lives.
    using action = std::function<task<>(case_state before, case_transition what)>;

    transitions(const context& on, std::vector<state_machine> machines, listener told,
                const transition_options& options = {});
    ~transitions();
    transitions(const transitions&) = delete;
    transitions& operator=(const transitions&) = delete;

    void before_each(action run);                 // before start
    void start(std::function<void()> ready = {}); // once: from then on nothing is missed

    task<case_state> create(std::string id, std::string machine,
                            std::map<std::string, std::string> parties);
    task<case_state> get(std::string id);
    task<case_state> move(std::string id, std::string move, std::string user);

    [[nodiscard]] const std::vector<state_machine>& machines() const;

private:
    class core;
    const std::shared_ptr<core> core_;
};

} // namespace sockeye::app
