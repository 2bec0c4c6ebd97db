#include "transitions/case_record.hpp"
#include "transitions/transition_rules.hpp"

#include <sockeye/app/transitions.hpp>
#include <sockeye/engineio/random_id.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>
#include <utility>

namespace sockeye::app {

namespace {

constexpr milliseconds retry_delay(20); // while somebody else holds the lock

/// A move that is wanted.
struct wanted_move {
    std::string id;
    std::string move;
    std::string user = {};                     // empty: a time-out,
    std::optional<std::uint64_t> only_at = {}; // which is only meant for what it waited on
};

/// Tells, until it is closed: a store may still call its handlers when it has been told to stop.
struct news_gate {
    std::mutex mutex;
    transitions::listener told;

    void tell(const case_transition& news) {
        const std::lock_guard lock(mutex);
        if (told) told(news);
    }
    void close() {
        const std::lock_guard lock(mutex);
        told = nullptr;
    }
};

} // namespace

// Every coroutine keeps it alive by itself: see presence.
class transitions::core : public std::enable_shared_from_this<core> {
public:
    core(const context& on, std::vector<state_machine> known, listener told,
         const transition_options& options)
        : machines(std::move(known)), on_(on), options_(options), keys_{options.prefix} {
        gate_->told = std::move(told);
        for (const state_machine& machine : machines)
            check(machine);
    }

    task<case_state> create(std::string id, std::string machine,
                            std::map<std::string, std::string> parties);
    task<case_state> get(std::string id);
    task<case_state> move(std::string id, std::string move, std::string user);
    void listen(std::function<void()> ready);
    void stop_listening();
    void check_regularly();

    const std::vector<state_machine> machines;
    action before_each;

private:
    /// What a lock was taken on, and by which fencing number its holder may write.
    struct holding {
        std::string key;
        std::string token;
        std::string fence;
        case_state state;
    };

    /// Time-outs that are fired side by side.
    struct due_lot {
        explicit due_lot(engineio::shards& shards) : over(shards) {}

        std::vector<std::string> due;
        std::atomic<std::size_t> next = 0;
        std::atomic<std::size_t> lanes = 0;
        std::atomic<std::size_t> fired = 0;
        const socketio::resolver<std::size_t> over; // with how many were
    };

    const state_machine& machine_of(const std::string& name) const;
    task<std::optional<holding>> take_lock(std::string id, std::string move);
    task<> release(holding held);
    task<case_state> transit(holding held, wanted_move wanted);
    task<std::optional<case_state>> try_move(wanted_move wanted);
    task<> wait(milliseconds time);
    bool may_fire();
    task<> fire_due();
    task<std::size_t> fire_all(std::vector<std::string> due);
    task<> fire_in_turn(std::shared_ptr<due_lot> lot);
    task<bool> fire(std::string text);
    void log(const std::exception_ptr& error);

    const context on_;
    const std::shared_ptr<news_gate> gate_ = std::make_shared<news_gate>();
    const transition_options options_;
    const case_keys keys_;
    std::optional<store::subscription_id> subscription_;
    std::atomic<bool> firing_ = false;
    milliseconds stuck_at_{}; // for check_regularly alone
};

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

// ---- time-outs

void transitions::core::check_regularly() {
    if (may_fire())
        socketio::start(fire_due(), [self = shared_from_this()](const auto& e) { self->log(e); });
    on_.shards.post_after(0, options_.check_interval, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->check_regularly();
    });
}

// Not twice at once, but for what takes longer than any lock lives: it must not hold up the rest.
bool transitions::core::may_fire() {
    const milliseconds now = on_.now();
    if (firing_ && now < stuck_at_) return false;
    firing_ = true;
    stuck_at_ = now + 2 * options_.lock_life;
    return true;
}

// Goes on while there is more. Where none of a lot could be fired, others are at them.
task<> transitions::core::fire_due() {
    const auto self = shared_from_this();
    const auto over = std::shared_ptr<void>(nullptr, [self](void*) { self->firing_ = false; });
    for (bool more = true; more;) {
        transaction question;
        question.scored_up_to(keys_.timeouts(), on_.now().count(), options_.max_due_at_once);
        auto due = (co_await on_.state.commit(std::move(question))).replies[0].items;
        const bool is_full = due.size() == options_.max_due_at_once;
        const std::size_t fired = co_await fire_all(std::move(due));
        more = is_full && fired > 0;
    }
}

// Several at a time, each of which waits for the store.
task<std::size_t> transitions::core::fire_all(std::vector<std::string> due) {
    if (due.empty()) co_return 0;
    const auto lot = std::make_shared<due_lot>(on_.shards);
    // Every instance sees the same ones: in orders of their own they meet less often.
    static thread_local std::minstd_rand random(std::random_device{}());
    std::ranges::shuffle(due, random);
    lot->due = std::move(due);
    const auto answer = lot->over.answer();
    lot->lanes = std::min(options_.max_fired_at_once, lot->due.size());
    for (std::size_t lane = lot->lanes; lane > 0; --lane)
        socketio::start(fire_in_turn(lot), [](const std::exception_ptr&) {});
    co_return co_await answer;
}

task<> transitions::core::fire_in_turn(std::shared_ptr<due_lot> lot) {
    const auto self = shared_from_this();
    for (std::size_t i = lot->next++; i < lot->due.size(); i = lot->next++) {
        try {
            if (co_await fire(lot->due[i])) ++lot->fired;
        } catch (...) {
            log(std::current_exception()); // it is tried again
        }
    }
    if (--lot->lanes == 0) lot->over.resolve(lot->fired);
}

// Whether it was this instance that did.
task<bool> transitions::core::fire(std::string text) {
    const auto due = case_timeout::parse(text);
    bool stale = !due;
    bool fired = false;
    if (due) {
        wanted_move wanted{.id = due->id, .move = due->move, .only_at = due->seq};
        try {
            const auto done = co_await try_move(std::move(wanted));
            fired = done.has_value();
        } catch (const service_error&) {
            // The case is gone or has moved on, or its machine knows no such move any more.
            stale = true;
        }
    }
    if (stale) co_await on_.state.commit(transaction().remove_scored(keys_.timeouts(), text));
    co_return fired;
}

void transitions::core::log(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& what) {
        on_.log(engineio::log_level::warning, std::string("transitions: ") + what.what());
    }
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

// ---- the service

transitions::transitions(const context& on, std::vector<state_machine> machines, listener told,
                         const transition_options& options)
    : core_(std::make_shared<core>(on, std::move(machines), std::move(told), options)) {}

transitions::~transitions() {
    core_->stop_listening();
}

void transitions::before_each(action run) {
    core_->before_each = std::move(run);
}

void transitions::start(std::function<void()> ready) {
    core_->listen(std::move(ready));
    core_->check_regularly();
}

task<case_state> transitions::create(std::string id, std::string machine,
                                     std::map<std::string, std::string> parties) {
    return core_->create(std::move(id), std::move(machine), std::move(parties));
}

task<case_state> transitions::get(std::string id) {
    return core_->get(std::move(id));
}

task<case_state> transitions::move(std::string id, std::string move, std::string user) {
    return core_->move(std::move(id), std::move(move), std::move(user));
}

const std::vector<state_machine>& transitions::machines() const {
    return core_->machines;
}

} // namespace sockeye::app
