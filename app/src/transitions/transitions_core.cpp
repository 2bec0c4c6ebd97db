#include "transitions/transitions_core.hpp"

#include "transitions/transition_rules.hpp"

#include <sockeye/engineio/random_id.hpp>

#include <algorithm>
#include <utility>

// Moves, and that each happens once; those that nobody asks for: due_transitions.cpp.

namespace sockeye::app {

namespace {

constexpr milliseconds retry_delay(20); // while somebody else holds the lock

} // namespace

transitions::core::core(const context& on, std::vector<state_machine> known, listener told,
                        const transition_options& options)
    : machines(std::move(known)), on_(on), options_(options), keys_{options.prefix} {
    gate_->told = std::move(told);
    for (const state_machine& machine : machines)
        check(machine);
}

const state_machine& transitions::core::machine_of(const std::string& name) const {
    const auto found = std::ranges::find(machines, name, &state_machine::name);
    if (found == machines.end())
        throw service_error("MACHINE_NOT_FOUND", "there is no state machine '" + name + "'");
    return *found;
}

task<case_state> transitions::core::create(std::string id, std::string machine,
                                           std::map<std::string, std::string> parties) {
    const auto self = shared_from_this();
    const state_machine& rules = machine_of(machine);
    const auto plan = plan_creation(rules, std::move(id), std::move(parties), on_.now());
    if (before_each) {
        case_state none;
        co_await before_each(std::move(none), plan.news);
    }
    transaction writing;
    writing.require_absent(keys_.state(plan.after.id));
    write_case(writing, keys_, plan.after, rules, std::nullopt, plan.news, options_.case_life);
    if (!(co_await on_.state.commit(std::move(writing))).applied)
        throw service_error("CASE_EXISTS", "there is a case '" + plan.after.id + "' already");
    co_return plan.after;
}

task<case_state> transitions::core::get(std::string id) {
    const auto self = shared_from_this();
    const auto found = co_await on_.state.commit(transaction().get_fields(keys_.state(id)));
    co_return read_case(id, found.replies[0].items);
}

// Others may be at the same case: they are waited for, and what they left is looked at again.
task<case_state> transitions::core::move(std::string id, std::string move, std::string user) {
    const auto self = shared_from_this();
    const milliseconds end = on_.now() + 2 * options_.lock_life;
    const wanted_move wanted{std::move(id), std::move(move), std::move(user)};
    for (;;) {
        auto done = co_await try_move(wanted);
        if (done) co_return *std::move(done);
        if (on_.now() >= end)
            throw service_error("CONFLICT",
                                "others are changing case '" + wanted.id + "'; try again");
        co_await wait(retry_delay);
    }
}

// Nothing, if somebody else holds the lock or has overtaken us.
task<std::optional<case_state>> transitions::core::try_move(wanted_move wanted) {
    auto held = co_await take_lock(wanted.id, wanted.move);
    if (!held) co_return std::nullopt;
    std::exception_ptr failure;
    bool overtaken = false;
    case_state after;
    try {
        after = co_await transit(*held, std::move(wanted));
    } catch (const service_error& refused) {
        overtaken = refused.code == "CONFLICT";
        if (!overtaken) failure = std::current_exception();
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure || overtaken) co_await release(*std::move(held));
    if (failure) std::rethrow_exception(failure);
    if (overtaken) co_return std::nullopt;
    co_return after;
}

// Each holder gets a number of its own, which the case remembers: with the next one, the writes of
// those before are refused.
task<std::optional<transitions::core::holding>> transitions::core::take_lock(std::string id,
                                                                             std::string move) {
    holding taken{.key = keys_.lock(id, move), .token = on_.node + ":" + engineio::random_id()};
    transaction taking;
    taking.require_exists(keys_.state(id))
        .require_absent(taken.key)
        .set(taken.key, taken.token, options_.lock_life)
        .increment_field(keys_.state(id), "fence")
        .get_fields(keys_.state(id));
    const auto done = co_await on_.state.commit(std::move(taking));
    if (!done.applied) {
        co_await get(id); // throws if that is why
        co_return std::nullopt;
    }
    taken.fence = std::to_string(done.replies[1].number);
    taken.state = read_case(id, done.replies[2].items);
    co_return taken;
}

task<> transitions::core::release(holding held) {
    transaction releasing;
    releasing.require_equal(held.key, held.token).erase(held.key);
    co_await on_.state.commit(std::move(releasing));
}

task<case_state> transitions::core::transit(holding held, wanted_move wanted) {
    if (wanted.only_at.value_or(held.state.seq) != held.state.seq)
        throw service_error("MOVE_NOT_ALLOWED", "the case has moved on");
    const state_machine& rules = machine_of(held.state.machine);
    const auto plan = plan_move(rules, held.state, wanted.move, wanted.user, on_.now());
    if (before_each) co_await before_each(held.state, plan.news);
    transaction writing;
    writing.require_field(keys_.state(held.state.id), "fence", held.fence).erase(held.key);
    write_case(writing, keys_, plan.after, rules, waiting_timeout(held.state, rules), plan.news,
               options_.case_life);
    if (!(co_await on_.state.commit(std::move(writing))).applied)
        throw service_error("CONFLICT", "somebody else went on with the case");
    co_return plan.after;
}

task<> transitions::core::wait(milliseconds time) {
    const socketio::resolver<bool> over(on_.shards);
    on_.shards.post_after(0, time, [over] { over.resolve(true); });
    co_await over.answer();
}

// ---- news

void transitions::core::listen(std::function<void()> ready) {
    const auto tell = [gate = gate_](std::string_view message) {
        if (const auto news = transition_from_json(message)) gate->tell(*news);
    };
    subscription_ = on_.state.subscribe(keys_.channel(), tell, std::move(ready));
}

void transitions::core::stop_listening() {
    if (subscription_) on_.state.unsubscribe(*subscription_);
    gate_->close();
}

} // namespace sockeye::app
