#include "transitions/transitions_core.hpp"

#include <algorithm>
#include <random>
#include <utility>

// Time-outs.

namespace sockeye::app {

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

} // namespace sockeye::app
