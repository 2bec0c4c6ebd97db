#include "clock/clock_ticker.hpp"
#include "take_last.hpp"

#include <algorithm>
#include <random>
#include <utility>

// Whose sessions are whose.

namespace sockeye::app {

namespace steps = clock_steps;

clock_ticker::clock_ticker(std::shared_ptr<clock_ground> ground)
    : ground_(std::move(ground)), schedule_(ground_->options.tick) {
    lease_.id = new_lease();
}

void clock_ticker::start() {
    renew_regularly();
    ground_->work.run(renew());
}

std::string clock_ticker::new_lease() {
    return ground_->on.node + '/' + std::to_string(++leases_);
}

// ---- its own

void clock_ticker::renew_regularly() {
    ground_->work.later(weak_from_this(), ground_->options.renewal, [this] {
        renew_regularly();
        return renew();
    });
}

task<> clock_ticker::renew() {
    const auto self = shared_from_this();
    const milliseconds asked_at = ground_->on.now();
    lease_state mine;
    std::vector<std::string> others;
    {
        const std::lock_guard lock(mutex_);
        mine = lease_;
        others = others_;
    }
    const auto answer = co_await ask_to_renew(mine, others);
    if (!answer) co_return;
    if (!answer->applied) {
        lost(mine.id);
        co_return;
    }
    {
        const std::lock_guard lock(mutex_);
        if (lease_.id != mine.id) co_return;
        lease_.held = true;
        lease_.valid_until = asked_at + ground_->options.lease - ground_->options.lease_margin;
        others_ = answer->replies[2].items;
        std::erase(others_, mine.id);
    }
    std::vector<std::string> dead;
    for (std::size_t i = 0; i < others.size(); ++i)
        if (answer->replies[3 + i].number == 0) dead.push_back(others[i]);
    co_await look_after(std::move(dead));
}

// Nullopt: it is being asked already.
task<std::optional<store_result>> clock_ticker::ask_to_renew(lease_state which,
                                                             std::vector<std::string> others) {
    const only_one first(renewing_);
    if (!first) co_return std::nullopt;
    const std::string key = steps::lease_key(which.id);
    transaction all;
    which.held ? all.require_exists(key) : all.require_absent(key);
    all.set(key, "1", ground_->options.lease)
        .add_member(steps::leases_key, which.id)
        .members(steps::leases_key);
    for (const std::string& other : others)
        all.exists(steps::lease_key(other));
    co_return co_await ground_->on.state.commit(std::move(all));
}

// The sessions are looked after like those of any instance that has died.
void clock_ticker::lost(const std::string& lease) {
    const std::lock_guard lock(mutex_);
    if (lease_.id != lease) return;
    lease_ = {.id = new_lease()};
    schedule_.clear();
}

task<> clock_ticker::give_up_lease() {
    const auto self = shared_from_this();
    transaction all;
    all.erase(steps::lease_key(lease()));
    co_await ground_->on.state.commit(std::move(all));
}

// ---- those of the dead

task<> clock_ticker::look_after(std::vector<std::string> dead) {
    const only_one first(taking_over_);
    if (!first) co_return;
    for (const std::string& one : dead)
        co_await take_over(one);
}

// From anywhere in the middle, so that several instances get a share each.
task<> clock_ticker::take_over(std::string dead) {
    constexpr std::size_t at_once = 100;
    transaction question;
    question.members(steps::owned_key(dead));
    store_result answer = co_await ground_->on.state.commit(std::move(question));
    std::vector<std::string>& sessions = answer.replies[0].items;
    std::shuffle(sessions.begin(), sessions.end(), std::random_device());
    while (!sessions.empty()) {
        std::vector<std::string> next = take_last(sessions, at_once);
        co_await take_over_some(dead, std::move(next));
    }
    transaction last;
    last.require_absent(steps::lease_key(dead))
        .require_absent(steps::owned_key(dead))
        .remove_member(steps::leases_key, dead);
    co_await ground_->on.state.commit(std::move(last));
}

task<> clock_ticker::take_over_some(std::string dead, std::vector<std::string> sessions) {
    const auto stored = co_await ground_->look(std::move(sessions));
    std::vector<pending<store_result>> answers;
    for (const steps::stored_timing& one : stored)
        answers.push_back(ground_->on.state.commit(inheritance(one, dead)));
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const bool done = (co_await answers[i]).applied;
        const bool ticked = stored[i].owner == dead && stored[i].value.playing;
        const std::lock_guard lock(mutex_);
        counters_.takeovers += done && ticked ? 1 : 0;
    }
}

transaction clock_ticker::inheritance(const steps::stored_timing& from,
                                      const std::string& dead) const {
    if (from.owner != dead) return steps::strike(from, dead);
    return from.value.playing ? steps::take_over(from, lease()) : steps::release(from);
}

} // namespace sockeye::app
