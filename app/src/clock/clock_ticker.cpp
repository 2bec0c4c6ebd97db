#include "clock/clock_ticker.hpp"

#include "take_last.hpp"

#include <utility>

// What is ticked; how long this instance may, and that it is its to tick: clock_leases.cpp.

namespace sockeye::app {

namespace steps = clock_steps;

void clock_ticker::on_change(const steps::clock_change& change) {
    {
        const std::lock_guard lock(mutex_);
        if (change.now.playing && change.owner == lease_.id)
            schedule_.set(change.session, change.now, ground_->on.now());
        else
            schedule_.remove(change.session);
    }
    tick_regularly();
}

void clock_ticker::tick_regularly() {
    {
        const std::lock_guard lock(mutex_);
        if (schedule_.empty() || std::exchange(ticking_, true)) return;
    }
    ground_->work.later(weak_from_this(), ground_->options.resolution, [this] { return tick(); });
}

task<> clock_ticker::tick() {
    const auto self = shared_from_this();
    {
        const std::lock_guard lock(mutex_);
        ticking_ = false;
    }
    tick_regularly();
    auto [lease, ticks] = due();
    while (!ticks.empty())
        ground_->work.run(publish(lease, take_last(ticks, ground_->options.ticks_at_once)));
    co_return;
}

std::pair<std::string, std::vector<clock_tick>> clock_ticker::due() {
    const milliseconds now = ground_->on.now();
    const std::lock_guard lock(mutex_);
    if (!lease_.held || now >= lease_.valid_until) return {};
    return {lease_.id, schedule_.due(now)};
}

// On the condition that the lease is there: whoever takes over does so when it is not, so that no
// two instances tick a session, however long this one hung before the store heard of it.
task<> clock_ticker::publish(std::string lease, std::vector<clock_tick> ticks) {
    const auto self = shared_from_this();
    if (!may_publish(ticks.size())) co_return;
    transaction all;
    all.require_exists(steps::lease_key(lease));
    for (const clock_tick& tick : ticks)
        all.publish(steps::tick_channel(tick.session_id), steps::write_tick(tick));
    std::optional<store_result> answer;
    try {
        answer = co_await ground_->on.state.commit(std::move(all));
    } catch (const socketio::operation_error&) {
        answer = std::nullopt; // the next renewal says why
    }
    published(ticks.size(), answer && answer->applied);
    if (answer && !answer->applied) lost(lease);
}

bool clock_ticker::may_publish(std::size_t ticks) {
    const std::lock_guard lock(mutex_);
    const bool may = unanswered_ < ground_->options.max_unanswered;
    may ? unanswered_ += 1 : counters_.skipped += ticks;
    return may;
}

void clock_ticker::published(std::size_t ticks, bool done) {
    const std::lock_guard lock(mutex_);
    --unanswered_;
    (done ? counters_.ticks : counters_.skipped) += ticks;
}

// ---- what it does

std::string clock_ticker::lease() const {
    const std::lock_guard lock(mutex_);
    return lease_.id;
}

std::vector<std::string> clock_ticker::sessions() const {
    const std::lock_guard lock(mutex_);
    return schedule_.sessions();
}

bool clock_ticker::agrees_with(const steps::stored_timing& stored) const {
    const std::lock_guard lock(mutex_);
    const timing* const as = schedule_.find(stored.session);
    const bool is_mine = stored.value.playing && stored.owner == lease_.id;
    return is_mine ? as && *as == stored.value : !as;
}

void clock_ticker::count(clock_counters& into) const {
    const std::lock_guard lock(mutex_);
    into.ticked = schedule_.size();
    into.ticks = counters_.ticks;
    into.skipped = counters_.skipped + schedule_.skipped();
    into.takeovers = counters_.takeovers;
}

} // namespace sockeye::app
