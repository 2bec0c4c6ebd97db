#include "sessions/session_event.hpp"
#include "sessions/session_listeners.hpp"
#include "take_last.hpp"

#include <algorithm>
#include <utility>

// What listeners are told, and that nothing is missing.

namespace sockeye::app {

namespace steps = session_steps;

// ---- events come

void session_listeners::on_message(const listened_ptr& in, std::string_view text) {
    const session_event_ptr event = read_event(text);
    bool missing = false;
    {
        const std::lock_guard lock(mutex_);
        if (in->over) return;
        // What is refused for being too much is fetched once there is time.
        if (!event || ground_->tellings.size() >= ground_->options.max_untold) {
            ++counters_.refused;
            return;
        }
        if (event->seq == 0 && is_end(*event)) // of a host that does not keep count
            end(*in, end_reason(*event));
        else
            tell(*in, in->feed.take(event));
        missing = in->feed.gap().has_value();
    }
    settle();
    if (missing) ground_->work.run(fetch_gap(in));
}

// If that fails, the next check tries again.
task<> session_listeners::fetch_gap(listened_ptr in) {
    const auto self = shared_from_this();
    const only_one first(in->fetching);
    if (!first) co_return;
    while (const auto gap = gap_of(*in))
        co_await catch_up(in, gap->last);
}

std::optional<event_feed::range> session_listeners::gap_of(const listened_session& in) const {
    const std::lock_guard lock(mutex_);
    return in.over ? std::nullopt : in.feed.gap();
}

// Everything up to `last` is in the store, or is lost.
task<> session_listeners::catch_up(listened_ptr in, std::uint64_t last) {
    std::uint64_t position = 0;
    {
        const std::lock_guard lock(mutex_);
        position = in->feed.position();
    }
    if (position >= last) co_return;
    const event_feed::events fetched = co_await fetch(in->id, position + 1, last);
    {
        const std::lock_guard lock(mutex_);
        for (const auto& event : fetched) {
            const auto before = in->feed.position();
            tell(*in, in->feed.take(event));
            if (in->feed.position() > before) ++counters_.recovered;
        }
        while (const auto lost = in->feed.skip(last)) {
            tell_lost(*in, *lost);
            tell(*in, in->feed.next());
        }
    }
    settle();
}

task<event_feed::events> session_listeners::fetch(std::string id, std::uint64_t first,
                                                  std::uint64_t last) {
    event_feed::events fetched;
    if (first > last) co_return fetched;
    const std::uint64_t count =
        std::min<std::uint64_t>(last - first + 1, ground_->options.kept_events);
    transaction question = steps::read_events(id, last - count + 1, count);
    const store_result answer = co_await ground_->on.state.commit(std::move(question));
    for (const store_reply& reply : answer.replies)
        if (auto event = reply.text ? read_event(*reply.text) : nullptr)
            fetched.push_back(std::move(event));
    co_return fetched;
}

void session_listeners::tell(listened_session& in, const event_feed::events& next) {
    for (const session_event_ptr& event : next) {
        if (in.over) return;
        if (is_end(*event)) return end(in, end_reason(*event));
        ++counters_.heard;
        for (auto& [connection, listener] : in.listeners) {
            if (listener.welcome) continue;
            if (listener.held.size() >= ground_->options.kept_events) {
                listener.held.erase(listener.held.begin());
                listener.stays = false; // it would miss that
            }
            listener.held.push_back(event);
        }
        ground_->tellings.add([ground = ground_, who = in.audience(), event] {
            if (!who->empty()) ground->audience.on_event(*who, *event);
        });
    }
}

void session_listeners::tell_lost(listened_session& in, event_feed::range lost) {
    counters_.lost += lost.last - lost.first + 1;
    for (auto& [connection, listener] : in.listeners)
        if (!listener.welcome) listener.stays = false; // it would not hear of that
    ground_->tellings.add([ground = ground_, who = in.audience(), id = in.id, lost] {
        if (!who->empty()) ground->audience.on_lost(*who, id, lost.first, lost.last);
    });
}

void session_listeners::end(listened_session& which, const std::string& reason) {
    if (which.over) return;
    which.end_reason = reason;
    ground_->tellings.add([ground = ground_, who = which.audience(), id = which.id, reason] {
        if (!who->empty()) ground->audience.on_ended(*who, id, reason);
    });
    close(which);
}

// ---- the host is looked after

void session_listeners::check_regularly() {
    ground_->work.later(weak_from_this(), ground_->options.check_interval, [this] {
        check_regularly();
        return check();
    });
}

task<> session_listeners::check() {
    const auto self = shared_from_this();
    constexpr std::size_t at_once = 50;
    std::vector<listened_ptr> all = opened();
    while (!all.empty()) {
        std::vector<listened_ptr> next = take_last(all, at_once);
        co_await check_some(std::move(next));
    }
}

std::vector<listened_ptr> session_listeners::opened() const {
    const std::lock_guard lock(mutex_);
    std::vector<listened_ptr> found;
    for (const auto& [id, which] : sessions_)
        if (which->opened.is_open()) found.push_back(which);
    return found;
}

task<> session_listeners::check_some(std::vector<listened_ptr> some) {
    transaction question;
    for (const auto& which : some)
        steps::look(question, which->id);
    const store_result answer = co_await ground_->on.state.commit(std::move(question));
    for (std::size_t i = 0; i < some.size(); ++i)
        co_await judge(some[i], steps::read_look(some[i]->id, &answer.replies[2 * i]));
}

task<> session_listeners::judge(listened_ptr which, std::optional<session_record> looked) {
    if (looked && looked->seq) co_await catch_up(which, *looked->seq);
    bool lost = false;
    {
        const std::lock_guard lock(mutex_);
        if (!looked)
            end(*which, "expired");
        else if (looked->ended())
            end(*which, looked->end_reason.empty() ? "closed" : looked->end_reason);
        else
            // Once may be the store's being back before the host's next heartbeat.
            lost = (which->silences = looked->beating ? 0 : which->silences + 1) >= 2;
    }
    settle();
    if (!lost) co_return;
    // Of several instances that see it one succeeds, and all of them hear what it publishes.
    transaction all = steps::declare_lost(*looked, ground_->on.now(), ground_->options);
    co_await ground_->on.state.commit(std::move(all));
}

} // namespace sockeye::app
