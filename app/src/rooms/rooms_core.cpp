#include "rooms/rooms_core.hpp"

#include <algorithm>
#include <functional>
#include <random>
#include <utility>

namespace sockeye::app {

using socketio::object;
using socketio::operation_error;

namespace {

constexpr std::size_t read_at_once = 20;      // documents, of those that are listed
constexpr std::size_t forgotten_at_once = 10; // by each new room: more than come

void ignore(const std::exception_ptr&) {}

} // namespace

// ---- changes

task<object> rooms::core::change(const std::string& room, edit make) {
    return result_of(enqueue(room, std::move(make)));
}

task<object> rooms::core::result_of(pending<change_result> answer) {
    const auto self = shared_from_this();
    change_result done = co_await answer;
    if (done.failure) std::rethrow_exception(done.failure);
    co_return std::move(done.room);
}

pending<rooms::core::change_result> rooms::core::enqueue(const std::string& room, edit make) {
    const socketio::resolver<change_result> answer(on_.shards);
    bool idle = false;
    {
        const std::lock_guard lock(mutex_);
        if (unanswered_ >= options_.max_waiting)
            throw service_error("UNAVAILABLE", "too many changes of rooms wait");
        ++unanswered_;
        const auto [queue, added] = waiting_.try_emplace(room);
        queue->second.push_back({std::move(make), answer});
        idle = added;
    }
    if (idle) write_soon(room);
    return answer.answer();
}

task<> rooms::core::write(std::string room) {
    const auto self = shared_from_this();
    const batch changes = take(room);
    if (changes.empty()) co_return; // retired
    bool is_new = false;
    std::exception_ptr failure;
    try {
        is_new = co_await write_batch(room, changes);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) fail(changes, failure);
    go_on(room);
    if (is_new) co_await index_.forget_ended(forgotten_at_once);
}

// Whoever writes at the same time may be another instance, or a program that is none of ours.
task<bool> rooms::core::write_batch(std::string room, const batch& changes) {
    if (co_await write_upon_last(room, changes)) co_return false;
    for (unsigned attempt = 0; attempt < options_.attempts; ++attempt) {
        const auto held = co_await read(room);
        edited now = apply(changes, parse(room, held));
        if (!now.changed || co_await replace(room, held, now.room->text())) {
            answer(changes, now);
            co_return now.changed && !held;
        }
        co_await pause_after(attempt);
    }
    throw service_error("CONFLICT", "the room '" + room + "' is changed by too many at once");
}

// Only the store's own word counts where a change fails, or changes nothing.
task<bool> rooms::core::write_upon_last(std::string room, const batch& changes) {
    const auto last = take_written(room);
    if (!last) co_return false;
    const edited now = apply(changes, parse(room, last));
    const bool all_good =
        now.changed && std::ranges::count(now.failures, nullptr) == std::ssize(now.failures);
    if (!all_good || !co_await replace(room, last, now.room->text())) co_return false;
    answer(changes, now);
    co_return true;
}

std::optional<std::string> rooms::core::take_written(const std::string& room) {
    const std::lock_guard lock(mutex_);
    return written_.take(room);
}

rooms::core::edited rooms::core::apply(const batch& changes,
                                       std::optional<room_document> to) const {
    const milliseconds now = on_.now();
    edited done{.room = std::move(to), .failures = {}};
    for (const auto& change : changes) {
        auto& failure = done.failures.emplace_back();
        try {
            done.changed |= change.make(done.room, now);
        } catch (const service_error&) {
            failure = std::current_exception();
        }
    }
    if (done.changed) done.room->stamp(now);
    return done;
}

// For a random time: instances in step with each other would lose to the same one again and again.
task<> rooms::core::pause_after(unsigned attempt) {
    thread_local std::minstd_rand random{std::random_device()()};
    std::uniform_int_distribution<int> delay(0, 2 << std::min(attempt, 5U));
    const socketio::resolver<bool> over(on_.shards);
    on_.shards.post_after(0, milliseconds(delay(random)), [over] { over.resolve(true); });
    co_await over.answer();
}

task<bool> rooms::core::replace(std::string room, std::optional<std::string> held,
                                std::string with) {
    transaction write;
    held ? write.require_equal(room_key(room), *held) : write.require_absent(room_key(room));
    write.set(room_key(room), with, options_.life);
    index_.note(write, room);
    if (!(co_await on_.state.commit(std::move(write))).applied) co_return false;
    const std::lock_guard lock(mutex_);
    written_.put(room, std::move(with));
    co_return true;
}

void rooms::core::answer(const batch& changes, const edited& with) {
    if (with.changed && changed_ && !retired_) changed_(with.room->content());
    note_answered(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
        change_result result{.room = {}, .failure = with.failures[i]};
        if (!result.failure && with.room) result.room = with.room->content();
        changes[i].answer.resolve(std::move(result));
    }
}

void rooms::core::fail(const batch& changes, const std::exception_ptr& why) {
    note_answered(changes.size());
    for (const auto& change : changes)
        change.answer.resolve({.room = {}, .failure = why});
}

void rooms::core::note_answered(std::size_t changes) {
    const std::lock_guard lock(mutex_);
    unanswered_ -= changes;
}

rooms::core::batch rooms::core::take(const std::string& room) {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(room);
    return found == waiting_.end() ? batch() : std::exchange(found->second, {});
}

void rooms::core::go_on(const std::string& room) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = waiting_.find(room);
        if (found == waiting_.end()) return; // retired
        if (found->second.empty()) {
            waiting_.erase(found);
            return;
        }
    }
    write_soon(room);
}

// Posted: what comes in one turn is written together, and no batch upon another's stack, since a
// store in memory answers at once. By the same thread, so that what is told of the room keeps its
// order on the way to other instances.
void rooms::core::write_soon(const std::string& room) {
    const unsigned here = on_.shards.current();
    on_.shards.post(here == engineio::shards::none ? 0 : here, [self = shared_from_this(), room] {
        socketio::start(self->write(room), ignore);
    });
}

// Whoever still waits holds this object, and is told now.
void rooms::core::retire() {
    retired_ = true;
    decltype(waiting_) left;
    {
        const std::lock_guard lock(mutex_);
        left.swap(waiting_);
    }
    const auto why = std::make_exception_ptr(operation_error("the server has stopped"));
    for (const auto& [room, changes] : left)
        fail(changes, why);
}

// ---- reading

task<std::optional<std::string>> rooms::core::read(std::string room) {
    const auto done = co_await on_.state.commit(transaction().get(room_key(room)));
    co_return done.replies[0].text;
}

std::optional<room_document> rooms::core::parse(const std::string& room,
                                                const std::optional<std::string>& text) const {
    if (!text) return std::nullopt;
    try {
        return room_document::parse(room, *text, options_);
    } catch (const service_error& malformed) {
        on_.log(engineio::log_level::warning, malformed.what());
        throw;
    }
}

task<std::optional<room_document>> rooms::core::get(std::string room) {
    const auto self = shared_from_this();
    co_return parse(room, co_await read(room));
}

// ---- all of them

task<std::vector<room_document>> rooms::core::list(std::size_t limit) {
    const auto self = shared_from_this();
    limit = std::min(limit, options_.max_listed);
    co_await index_.forget_ended(limit);
    const auto ids = co_await index_.newest(limit);
    std::vector<room_document> found;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < ids.size() && bytes < options_.max_listed_bytes; i += read_at_once)
        bytes += co_await read_some(
            std::span(ids).subspan(i, std::min(read_at_once, ids.size() - i)), found);
    co_return found;
}

task<std::size_t> rooms::core::read_some(std::span<const std::string> ids,
                                         std::vector<room_document>& into) {
    transaction ask;
    for (const std::string& room : ids)
        ask.get(room_key(room));
    const auto done = co_await on_.state.commit(std::move(ask));
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto& text = done.replies[i].text;
        if (!text) continue;
        bytes += text->size();
        try {
            into.push_back(room_document::parse(ids[i], *text, options_));
        } catch (const service_error&) {
            // Told to whoever asks for that room.
        }
    }
    co_return bytes;
}

task<rooms_stats> rooms::core::stats() {
    const auto self = shared_from_this();
    rooms_stats sum;
    for (const auto& room : co_await list(options_.max_listed)) {
        sum.participants += room.count_participants();
        sum.sharing += room.count_sharing();
    }
    sum.rooms = co_await index_.size();
    co_return sum;
}

} // namespace sockeye::app
