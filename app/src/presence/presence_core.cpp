#include "presence/presence_core.hpp"

#include <utility>

namespace sockeye::app {

namespace steps = presence_steps;

pending<store_result> presence::core::commit_begin(const presence_entry& entry,
                                                   steps::listing what) {
    const std::lock_guard lock(mutex_);
    ledger_.add(entry);
    transaction made = steps::begin(entry, on_.node, what);
    // What the others find without a lease, they take for a dead instance's.
    if (keeps_lease_ && !had_lease_) made.set(steps::lease_key(on_.node), "1", options_.lease);
    return on_.state.commit(std::move(made));
}

pending<store_result> presence::core::commit_end(const presence_entry& entry) {
    const std::lock_guard lock(mutex_);
    ledger_.remove(entry);
    return on_.state.commit(steps::end(entry, on_.node, false));
}

task<steps::entry_result> presence::core::begin(presence_entry entry, steps::listing what) {
    const auto self = shared_from_this();
    const bool was_there = holds(entry);
    store_result done;
    try {
        done = co_await commit_begin(entry, what);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        // Whoever asked to join is told.
        if (!was_there && !entry.room.empty()) ledger_.remove(entry);
        in_doubt_ = true;
        throw;
    }
    auto result = steps::read_begin(std::move(done), what);
    tell(entry, result, true);
    co_return result;
}

task<steps::entry_result> presence::core::end(presence_entry entry) {
    const auto self = shared_from_this();
    co_return co_await finish_end(entry, commit_end(entry));
}

task<steps::entry_result> presence::core::finish_end(presence_entry entry,
                                                     pending<store_result> answer) {
    store_result done;
    try {
        done = co_await answer;
    } catch (...) {
        const std::lock_guard lock(mutex_);
        in_doubt_ = true; // made good when the store is back
        throw;
    }
    auto result = steps::read_end(done);
    tell(entry, result, false);
    if (entry.room.empty() && !result.sockets_left.empty())
        co_await on_.state.commit(
            steps::replace_newest(entry.user, entry.socket, result.sockets_left.front()));
    co_await put_back_if_held(entry);
    co_return result;
}

// Who has left and is there again may be so by another thread, which was the first at the store.
task<> presence::core::put_back_if_held(presence_entry entry) {
    std::optional<pending<store_result>> answer;
    {
        const std::lock_guard lock(mutex_);
        if (!ledger_.holds(entry)) co_return;
        answer = on_.state.commit(steps::begin(entry, on_.node, steps::listing::nobody));
    }
    store_result done = co_await *answer;
    tell(entry, steps::read_begin(std::move(done), steps::listing::nobody), true);
}

bool presence::core::holds(const presence_entry& entry) {
    const std::lock_guard lock(mutex_);
    return ledger_.holds(entry);
}

void presence::core::tell(const presence_entry& entry, const steps::entry_result& result,
                          bool online) {
    if (!result.changed || entry.room.empty()) return;
    const std::lock_guard lock(telling_);
    if (changed_) changed_({entry.room, entry.user, online, result.count});
}

std::string presence::core::user_of(const std::string& socket) {
    const std::lock_guard lock(mutex_);
    const auto user = ledger_.user_of(socket);
    if (!user) throw service_error("UNAUTHENTICATED", "this socket is bound to no user");
    return *user;
}

task<store_reply> presence::core::ask(transaction question) {
    co_return (co_await on_.state.commit(std::move(question))).replies[0];
}

// ---- a connection is lost

void presence::core::arrive(const std::string& socket) {
    const std::lock_guard lock(mutex_);
    departing_.erase(socket);
}

void presence::core::depart(const std::string& socket) {
    std::uint64_t departure = 0;
    {
        const std::lock_guard lock(mutex_);
        if (!ledger_.user_of(socket)) return;
        departure = ++departures_;
        departing_[socket] = departure;
    }
    work_.later(weak_from_this(), options_.grace,
                [this, socket, departure] { return leave_if_gone(socket, departure); });
}

task<> presence::core::leave_if_gone(std::string socket, std::uint64_t departure) {
    const auto self = shared_from_this();
    std::vector<presence_entry> entries;
    {
        const std::lock_guard lock(mutex_);
        const auto found = departing_.find(socket);
        if (found == departing_.end() || found->second != departure) co_return; // it is back
        departing_.erase(found);
        entries = ledger_.entries_of(socket);
    }
    std::vector<pending<store_result>> answers;
    for (const auto& entry : entries)
        answers.push_back(commit_end(entry));
    for (std::size_t i = 0; i < entries.size(); ++i)
        co_await finish_end(entries[i], answers[i]);
}

// ---- leases

void presence::core::tick() {
    keeps_lease_ = true;
    work_.run(look_after_leases());
    const milliseconds pause = options_.lease / (had_lease_ ? 3 : 30);
    work_.later(weak_from_this(), pause, [this]() -> task<> {
        tick();
        co_return;
    });
}

task<> presence::core::look_after_leases() {
    const auto self = shared_from_this();
    co_await renew();
    co_await bury_the_dead();
}

task<> presence::core::renew() {
    transaction keep;
    keep.require_exists(steps::lease_key(on_.node))
        .set(steps::lease_key(on_.node), "1", options_.lease);
    const bool held = (co_await on_.state.commit(std::move(keep))).applied;
    if (held) had_lease_ = true;
    {
        const std::lock_guard lock(mutex_);
        if (held && !std::exchange(in_doubt_, false)) co_return;
    }
    // The first time, or the others took us for dead, or the store has forgotten or missed a thing.
    transaction take;
    take.set(steps::lease_key(on_.node), "1", options_.lease)
        .add_member(steps::nodes_key, on_.node);
    co_await on_.state.commit(std::move(take));
    had_lease_ = true;
    co_await reconcile();
}

task<> presence::core::reconcile() {
    std::vector<presence_entry> ours;
    {
        const std::lock_guard lock(mutex_);
        in_doubt_ = false;
        ours = ledger_.all();
    }
    for (const auto& entry : ours)
        if (holds(entry)) co_await begin(entry);
    const auto listed = co_await ask(transaction().members(steps::entries_key(on_.node)));
    for (const auto& text : listed.items)
        if (const auto entry = presence_entry::parse(text); entry && !holds(*entry))
            co_await end(*entry);
}

task<> presence::core::bury_the_dead() {
    const auto nodes = co_await ask(transaction().members(steps::nodes_key));
    for (const auto& node : nodes.items) {
        if (node == on_.node) continue;
        if ((co_await ask(transaction().exists(steps::lease_key(node)))).number == 0)
            co_await bury(node);
    }
}

// Several instances may be at it at once: each entry ends once, and only whoever ends it tells.
task<> presence::core::bury(std::string node) {
    const auto listed = co_await ask(transaction().members(steps::entries_key(node)));
    for (const auto& text : listed.items) {
        const auto entry = presence_entry::parse(text);
        if (!entry) {
            co_await on_.state.commit(transaction().remove_member(steps::entries_key(node), text));
            continue;
        }
        co_await finish_end(*entry, on_.state.commit(steps::end(*entry, node, true)));
    }
    transaction last;
    last.require_absent(steps::lease_key(node))
        .require_absent(steps::entries_key(node))
        .remove_member(steps::nodes_key, node);
    co_await on_.state.commit(std::move(last));
}

void presence::core::fall_silent() {
    const std::lock_guard lock(telling_);
    changed_ = nullptr;
}

task<> presence::core::give_up_lease() {
    const auto self = shared_from_this();
    const milliseconds left = std::max(options_.grace, milliseconds(1));
    co_await on_.state.commit(transaction().expire(steps::lease_key(on_.node), left));
}

} // namespace sockeye::app
