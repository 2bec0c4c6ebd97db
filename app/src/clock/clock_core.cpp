#include "clock/clock_core.hpp"

#include "take_last.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::app {

namespace steps = clock_steps;

void shared_clock::core::start(std::function<void()> ready) {
    const auto weak = weak_from_this();
    const auto hear = [weak](std::string_view text) {
        if (const auto self = weak.lock()) self->on_message(text);
    };
    const auto begin = [weak, ready = std::move(ready)] {
        if (const auto self = weak.lock()) self->ground_->work.run(self->catch_up(ready));
    };
    changes_ = ground_->on.state.subscribe(steps::changes_channel, hear, begin);
    ticker_->start();
    check_regularly();
}

void shared_clock::core::close() {
    ground_->work.retire();
    ground_->tellings.close();
    members_->retire();
    if (changes_) ground_->on.state.unsubscribe(*changes_);
}

task<> shared_clock::core::retire() {
    const auto self = shared_from_this();
    ground_->work.retire();
    co_await ticker_->give_up_lease();
}

// What was said before this instance could hear it is in the store.
task<> shared_clock::core::catch_up(std::function<void()> ready) {
    const auto self = shared_from_this();
    std::exception_ptr error;
    try {
        co_await check();
    } catch (...) {
        error = std::current_exception(); // the next check finds what this one did not
    }
    if (ready) ready();
    if (error) std::rethrow_exception(error);
}

void shared_clock::core::on_message(std::string_view text) {
    const auto change = steps::read_change(text);
    if (!change) return;
    ticker_->on_change(*change);
    members_->on_change(*change);
}

// ---- changes

// One after the other, those that are asked for here, so that they need not contend with each other
// too.
task<clock_state> shared_clock::core::change(std::string session, changer how) {
    const auto self = shared_from_this();
    constexpr int attempts = 50; // at what another instance may always be quicker at
    const auto line = line_of(session);
    const auto turn = co_await line->enter();
    for (int i = 0; i < attempts; ++i) {
        std::vector<std::string> asked{session};
        const auto stored = co_await ground_->look(std::move(asked));
        const milliseconds now = ground_->on.now();
        const timing next = how(stored[0].value, now);
        transaction all = steps::change(stored[0], next, ticker_->lease(), now, ground_->options);
        if ((co_await ground_->on.state.commit(std::move(all))).applied)
            co_return next.state(std::move(session), now);
    }
    throw service_error("UNAVAILABLE", "others change this clock all the time");
}

// It lives as long as anybody is in it.
std::shared_ptr<waiting_line> shared_clock::core::line_of(const std::string& session) {
    const std::lock_guard lock(mutex_);
    std::weak_ptr<waiting_line>& known = lines_[session];
    if (auto line = known.lock()) return line;
    const auto forget = [weak = weak_from_this(), session](const waiting_line* line) {
        delete line;
        if (const auto self = weak.lock()) self->forget_line(session);
    };
    const std::shared_ptr<waiting_line> made(
        new waiting_line(ground_->on.shards, ground_->options.max_waiting_changes), forget);
    known = made;
    return made;
}

void shared_clock::core::forget_line(const std::string& session) {
    const std::lock_guard lock(mutex_);
    const auto found = lines_.find(session);
    if (found != lines_.end() && found->second.expired()) lines_.erase(found);
}

task<clock_state> shared_clock::core::get(std::string session) {
    const auto self = shared_from_this();
    std::vector<std::string> asked{session};
    const auto stored = co_await ground_->look(std::move(asked));
    co_return stored[0].value.state(std::move(session), ground_->on.now());
}

task<> shared_clock::core::write_data(std::string session, fields data) {
    const auto self = shared_from_this();
    const std::string key = steps::data_key(session);
    transaction all;
    for (auto& [name, text] : data)
        all.set_field(key, name, std::move(text));
    all.expire(key, ground_->options.life)
        .expire(steps::timing_key(session), ground_->options.life);
    co_await ground_->on.state.commit(std::move(all));
}

task<shared_clock::fields> shared_clock::core::read_data(std::string session) {
    const auto self = shared_from_this();
    transaction question;
    question.get_fields(steps::data_key(session));
    store_result answer = co_await ground_->on.state.commit(std::move(question));
    auto& items = answer.replies[0].items;
    fields data;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        data.emplace(std::move(items[i]), std::move(items[i + 1]));
    co_return data;
}

// ---- that nothing was missed

void shared_clock::core::check_regularly() {
    ground_->work.later(weak_from_this(), ground_->options.check_interval, [this] {
        check_regularly();
        return check();
    });
}

// Those with members live on, whether anybody changes them or not.
task<> shared_clock::core::check() {
    const auto self = shared_from_this();
    transaction question;
    question.members(steps::owned_key(ticker_->lease()));
    const store_result owned = co_await ground_->on.state.commit(std::move(question));
    std::vector<std::string> ticked = ticker_->sessions();
    ticked.insert(ticked.end(), owned.replies[0].items.begin(), owned.replies[0].items.end());
    std::ranges::sort(ticked);
    ticked.erase(std::unique(ticked.begin(), ticked.end()), ticked.end());
    co_await check_all(std::move(ticked), false);
    co_await check_all(members_->sessions(), true);
}

task<> shared_clock::core::check_all(std::vector<std::string> sessions, bool followed) {
    constexpr std::size_t at_once = 100;
    while (!sessions.empty()) {
        std::vector<std::string> next = take_last(sessions, at_once);
        const auto found = co_await ground_->look(std::move(next), followed);
        for (const auto& stored : found)
            co_await check_one(stored);
    }
}

task<> shared_clock::core::check_one(steps::stored_timing stored) {
    const bool is_done = !stored.value.playing && stored.owner == ticker_->lease();
    if (is_done)
        co_await ground_->on.state.commit(steps::release(stored));
    else if (!ticker_->agrees_with(stored) || !members_->agrees_with(stored))
        co_await ground_->on.state.commit(steps::say_again(stored));
}

clock_counters shared_clock::core::counters() const {
    clock_counters counted;
    ticker_->count(counted);
    members_->count(counted);
    return counted;
}

} // namespace sockeye::app
