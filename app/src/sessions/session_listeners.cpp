#include "sessions/session_listeners.hpp"

#include <algorithm>
#include <utility>

// Who listens, and that the host is there.

namespace sockeye::app {

namespace steps = session_steps;

namespace {

[[noreturn]] void throw_has_left() {
    throw service_error("BAD_REQUEST", "the listener has left, or joined again, meanwhile");
}

} // namespace

// ---- a listener comes

/// A join from its first question to the store on. Refused, where it is not granted: then the
/// listener is where it was before.
class session_listeners::request {
public:
    request(session_listeners& to, const session_join& what)
        : listener(what.listener), session(what.session_id), to_(to) {
        to_.begin(*this);
    }
    ~request() { to_.end(*this); }
    request(const request&) = delete;
    request& operator=(const request&) = delete;

    const std::string listener;
    const std::string session; // empty: not known yet
    // Guarded by the lock.
    bool has_left = false;        // before it came in
    std::optional<place> entered; // until it is granted

private:
    session_listeners& to_;
};

void session_listeners::begin(request& asked) {
    const std::lock_guard lock(mutex_);
    undecided_.emplace(asked.listener, &asked);
}

void session_listeners::end(request& asked) {
    {
        const std::lock_guard lock(mutex_);
        auto found = undecided_.find(asked.listener);
        while (found->second != &asked)
            ++found;
        undecided_.erase(found);
        if (asked.entered) give_up(asked.listener, *asked.entered);
    }
    settle();
}

// In this order, so that no event falls between: subscribe, and hold what comes; then read what was
// missed before that.
task<> session_listeners::join(session_join what) {
    const auto self = shared_from_this();
    require_connection(what.listener);
    request asked(*this, what);
    if (what.session_id.empty()) what.session_id = co_await ground_->id_of(what.code);
    require_id(what.session_id);
    session_record session = co_await ground_->find(what.session_id);
    const place at = enter(what.session_id, asked);
    if (at.first) ground_->work.run(open(at.in));
    co_await at.in->opened.pass();
    // This instance may be behind what the listener has heard at another.
    if (session.seq) co_await catch_up(at.in, *session.seq);
    event_feed::events missed;
    if (what.last_seq) missed = co_await missed_after(*what.last_seq, at.in);
    grant(what, asked, std::move(session), std::move(missed));
}

session_listeners::place session_listeners::enter(const std::string& id, request& asked) {
    const std::string& listener = asked.listener;
    const std::lock_guard lock(mutex_);
    if (asked.has_left) throw_has_left();
    if (!listening_.has(listener, id) && listening_.count(listener) >= ground_->options.max_joined)
        throw service_error("BAD_REQUEST", "this connection listens to too many sessions");
    listening_.add(listener, id);
    const auto [found, first] = sessions_.try_emplace(id);
    if (first) found->second = std::make_shared<listened_session>(id, ground_->on.shards);
    auto& state = found->second->listeners[listener];
    state.joining = ++joinings_;
    state.stays |= std::exchange(state.welcome, false);
    found->second->changed();
    asked.entered = place{found->second, joinings_, first};
    return *asked.entered;
}

task<> session_listeners::open(listened_ptr which) {
    const auto self = shared_from_this();
    std::exception_ptr error;
    try {
        co_await subscribe(which);
        const session_record session = co_await ground_->find(which->id);
        const std::lock_guard lock(mutex_);
        tell(*which, which->feed.start(session.seq));
    } catch (...) {
        error = std::current_exception();
        const std::lock_guard lock(mutex_);
        close(*which);
    }
    settle();
    which->opened.open(error);
}

task<> session_listeners::subscribe(listened_ptr to) {
    const socketio::resolver<bool> ready(ground_->on.shards);
    const auto subscription = ground_->on.state.subscribe(
        steps::channel_of(to->id),
        [weak = weak_from_this(), to = std::weak_ptr(to)](std::string_view text) {
            const auto self = weak.lock();
            const auto in = to.lock();
            if (self && in) self->on_message(in, text);
        },
        [ready] { ready.resolve(true); });
    {
        const std::lock_guard lock(mutex_);
        if (to->over)
            unwanted_.add(subscription);
        else
            to->subscription = subscription;
    }
    ground_->on.shards.post_after(0, ground_->options.subscribe_timeout, [ready] {
        ready.fail("the session's channel cannot be subscribed to");
    });
    co_await ready.answer();
}

// What comes later is held, or told.
task<event_feed::events> session_listeners::missed_after(std::uint64_t last_seq, listened_ptr in) {
    std::uint64_t last = 0;
    {
        const std::lock_guard lock(mutex_);
        last = in->feed.position();
    }
    if (last_seq >= last) co_return event_feed::events();
    co_return co_await fetch(in->id, last_seq + 1, last);
}

void session_listeners::grant(const session_join& what, request& asked, session_record session,
                              event_feed::events missed) {
    const std::lock_guard lock(mutex_);
    listened_session& in = *asked.entered->in;
    const std::uint64_t joining = asked.entered->joining;
    if (in.end_reason) throw_ended(*in.end_reason);
    const auto found = in.listeners.find(what.listener);
    if (found == in.listeners.end() || found->second.joining != joining) throw_has_left();
    session_joined joined{.session = std::move(session.info), .seq = in.feed.position()};
    joined.session.local = joined.session.host_node == ground_->on.node;
    if (what.last_seq) {
        for (auto& event : std::exchange(found->second.held, {}))
            if (missed.empty() ? event->seq > *what.last_seq : event->seq > missed.back()->seq)
                missed.push_back(std::move(event));
        joined.complete =
            *what.last_seq <= joined.seq && missed.size() == joined.seq - *what.last_seq;
        joined.missed = std::move(missed);
    }
    found->second = {.joining = joining, .welcome = true};
    in.changed();
    ground_->tellings.add([greet = what.welcome, joined = std::move(joined)] { greet(joined); });
    asked.entered.reset();
}

// ---- a listener goes

void session_listeners::leave(const std::string& id, const std::string& listener) {
    {
        const std::lock_guard lock(mutex_);
        const auto [first, last] = undecided_.equal_range(listener);
        for (const auto& [who, asked] : std::ranges::subrange(first, last))
            asked->has_left |= asked->session == id;
        leave_here(id, listener);
    }
    settle();
}

void session_listeners::disconnect(const std::string& listener) {
    {
        const std::lock_guard lock(mutex_);
        const auto [first, last] = undecided_.equal_range(listener);
        for (const auto& [who, asked] : std::ranges::subrange(first, last))
            asked->has_left = true;
        for (const std::string& id : listening_.sessions_of(listener))
            leave_here(id, listener);
    }
    settle();
}

void session_listeners::leave_here(const std::string& id, const std::string& listener) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return;
    const listened_ptr in = found->second;
    remove(*in, listener);
}

void session_listeners::give_up(const std::string& listener, const place& at) {
    const auto found = at.in->listeners.find(listener);
    if (found == at.in->listeners.end() || found->second.joining != at.joining) return;
    found->second.stays ? go_on(*at.in, listener) : remove(*at.in, listener);
}

void session_listeners::go_on(listened_session& in, const std::string& listener) {
    auto& state = in.listeners[listener];
    for (const auto& event : std::exchange(state, {.joining = state.joining, .welcome = true}).held)
        ground_->tellings.add([ground = ground_, who = session_audience::connections{listener},
                               event] { ground->audience.on_event(who, *event); });
    in.changed();
}

void session_listeners::remove(listened_session& which, const std::string& listener) {
    if (which.listeners.erase(listener) == 0) return;
    listening_.remove(listener, which.id);
    which.changed();
    if (which.listeners.empty()) close(which);
}

void session_listeners::close(listened_session& which) {
    if (std::exchange(which.over, true)) return;
    for (const auto& [listener, state] : std::exchange(which.listeners, {}))
        listening_.remove(listener, which.id);
    which.changed();
    if (which.subscription) unwanted_.add(*std::exchange(which.subscription, std::nullopt));
    const auto found = sessions_.find(which.id);
    const listened_ptr last = std::move(found->second); // ends with this
    sessions_.erase(found);
}

void session_listeners::settle() {
    unwanted_.end();
    ground_->tellings.flush();
}

void session_listeners::retire() {
    {
        const std::lock_guard lock(mutex_);
        const auto all = sessions_;
        for (const auto& [id, which] : all)
            close(*which);
    }
    settle();
}

void session_listeners::count(session_counters& into) const {
    const std::lock_guard lock(mutex_);
    into.heard = counters_.heard;
    into.recovered = counters_.recovered;
    into.lost = counters_.lost;
    into.refused = counters_.refused;
    into.listened = sessions_.size();
    for (const auto& [id, which] : sessions_)
        into.listeners += which->listeners.size();
}

} // namespace sockeye::app
