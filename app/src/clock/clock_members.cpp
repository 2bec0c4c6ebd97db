#include "clock/clock_members.hpp"

#include <cstdlib>
#include <utility>

namespace sockeye::app {

namespace steps = clock_steps;

// ---- members come and go

class clock_members::leaving_on_failure {
public:
    leaving_on_failure(clock_members& from, const clock_join& who, const place& at)
        : from_(&from), who_(who), at_(at) {}
    leaving_on_failure(const leaving_on_failure&) = delete;
    leaving_on_failure& operator=(const leaving_on_failure&) = delete;
    ~leaving_on_failure() {
        if (from_) from_->give_up_place(who_, at_);
    }
    void dismiss() { from_ = nullptr; }

private:
    clock_members* from_;
    const clock_join& who_;
    const place& at_;
};

task<> clock_members::join(clock_join what) {
    const auto self = shared_from_this();
    const place at = enter(what);
    leaving_on_failure guard(*this, what, at);
    co_await at.in->subscribed.pass();
    co_await learn(what.session_id, at.in);
    welcome(what, at);
    guard.dismiss();
    settle();
}

clock_members::place clock_members::enter(const clock_join& who) {
    const std::string& id = who.session_id;
    place at;
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        if (!following_.has(who.member, id) &&
            following_.count(who.member) >= ground_->options.max_joined)
            throw service_error("BAD_REQUEST", "this connection follows too many sessions");
        following_.add(who.member, id);
        session_ptr& in = sessions_[id];
        first = !in;
        if (first) in = std::make_shared<session>(ground_->on.shards);
        follower_ptr& as = in->members[who.member];
        if (!as) as = std::make_shared<follower>();
        ++as->joinings;
        at = {in, as};
    }
    if (first) subscribe(id, at.in);
    return at;
}

void clock_members::subscribe(const std::string& id, const session_ptr& to) {
    const auto hear = [weak = weak_from_this(), id, to = std::weak_ptr(to)](std::string_view text) {
        const auto self = weak.lock();
        const auto in = to.lock();
        if (self && in) self->on_tick(id, in, text);
    };
    const auto ticks =
        ground_->on.state.subscribe(steps::tick_channel(id), hear, [to] { to->subscribed.open(); });
    {
        const std::lock_guard lock(mutex_);
        if (to->over)
            unwanted_.add(ticks);
        else
            to->ticks = ticks;
    }
    settle();
    ground_->on.shards.post_after(0, ground_->options.subscribe_timeout, [to] {
        const socketio::operation_error late("the session's ticks cannot be subscribed to");
        to->subscribed.open(std::make_exception_ptr(late));
    });
}

// What was said meanwhile is newer than what is read.
task<> clock_members::learn(std::string id, session_ptr in) {
    {
        const std::lock_guard lock(mutex_);
        if (in->known) co_return;
    }
    std::vector<std::string> asked{id};
    const auto stored = co_await ground_->look(std::move(asked));
    const std::lock_guard lock(mutex_);
    if (!in->known) in->known = stored[0].value;
}

void clock_members::welcome(const clock_join& who, const place& at) {
    const std::lock_guard lock(mutex_);
    if (!is_at(at, who.member)) throw service_error("BAD_REQUEST", "the member has left meanwhile");
    --at.as->joinings;
    at.as->welcome = true;
    at.in->audience = nullptr;
    ground_->tellings.add(
        [greet = who.welcome, state = at.in->known->state(who.session_id, ground_->on.now())] {
            greet(state);
        });
}

// Who is a member already, or may still become one by another joining, stays.
void clock_members::give_up_place(const clock_join& who, const place& at) {
    {
        const std::lock_guard lock(mutex_);
        if (!is_at(at, who.member)) return;
        if (--at.as->joinings == 0 && !at.as->welcome) remove(who.session_id, who.member);
    }
    settle();
}

bool clock_members::is_at(const place& at, const std::string& member) {
    const auto found = at.in->members.find(member);
    return found != at.in->members.end() && found->second == at.as;
}

void clock_members::leave(const std::string& id, const std::string& member) {
    {
        const std::lock_guard lock(mutex_);
        remove(id, member);
    }
    settle();
}

void clock_members::disconnect(const std::string& member) {
    {
        const std::lock_guard lock(mutex_);
        for (const std::string& id : following_.sessions_of(member))
            remove(id, member);
    }
    settle();
}

void clock_members::remove(const std::string& id, const std::string& member) {
    following_.remove(member, id);
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return;
    session& in = *found->second;
    in.members.erase(member);
    in.audience = nullptr;
    if (!in.members.empty()) return;
    in.over = true;
    if (in.ticks) unwanted_.add(*in.ticks);
    sessions_.erase(found);
}

void clock_members::retire() {
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, in] : std::exchange(sessions_, {})) {
            in->over = true;
            if (in->ticks) unwanted_.add(*in->ticks);
        }
    }
    settle();
}

void clock_members::settle() {
    unwanted_.end();
    ground_->tellings.flush();
}

// ---- they are told

void clock_members::on_change(const steps::clock_change& change) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = sessions_.find(change.session);
        if (found == sessions_.end() || found->second->known == change.now) return;
        session& in = *found->second;
        in.known = change.now;
        in.last_tick = {};
        ground_->tellings.add([ground = ground_, who = audience_of(in),
                               state = change.now.state(change.session, ground_->on.now())] {
            if (!who->empty()) ground->audience.on_state(*who, state);
        });
    }
    settle();
}

void clock_members::on_tick(const std::string& id, const session_ptr& in, std::string_view text) {
    const auto tick = steps::read_tick(text);
    bool strange = false;
    {
        const std::lock_guard lock(mutex_);
        if (in->over) return;
        strange = tick && in->known && !belongs(*tick, *in);
        const bool good = tick && in->known && !strange && tick->timestamp > in->last_tick &&
                          ground_->tellings.size() < ground_->options.max_untold;
        ++(good ? counters_.told : counters_.untold);
        if (good) {
            in->last_tick = tick->timestamp;
            ground_->tellings.add([ground = ground_, who = audience_of(*in), tick = *tick] {
                if (!who->empty()) ground->audience.on_tick(*who, tick);
            });
        }
    }
    ground_->tellings.flush();
    if (strange) ground_->work.run(look_again(id, in));
}

// One that was on its way when the session stopped or went elsewhere does not.
bool clock_members::belongs(const clock_tick& tick, const session& to) const {
    const milliseconds position = to.known->position + (tick.timestamp - to.known->start_time);
    return to.known->playing &&
           std::abs((position - tick.position).count()) < ground_->options.tick.count();
}

// Or a change was not heard of, such as one by an instance that does not tell.
task<> clock_members::look_again(std::string id, session_ptr at) {
    const auto self = shared_from_this();
    const only_one first(at->looking);
    if (!first) co_return;
    std::vector<std::string> asked{id};
    const auto stored = co_await ground_->look(std::move(asked));
    if (!agrees_with(stored[0])) co_await ground_->on.state.commit(steps::say_again(stored[0]));
}

std::shared_ptr<const clock_audience::members> clock_members::audience_of(session& in) {
    if (in.audience) return in.audience;
    clock_audience::members welcome;
    for (const auto& [member, state] : in.members)
        if (state->welcome) welcome.push_back(member);
    return in.audience = std::make_shared<const clock_audience::members>(std::move(welcome));
}

// ---- what they follow

std::vector<std::string> clock_members::sessions() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> all;
    for (const auto& [id, in] : sessions_)
        all.push_back(id);
    return all;
}

bool clock_members::agrees_with(const steps::stored_timing& stored) const {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(stored.session);
    return found == sessions_.end() || !found->second->known ||
           found->second->known == stored.value;
}

void clock_members::count(clock_counters& into) const {
    const std::lock_guard lock(mutex_);
    into.followed = sessions_.size();
    for (const auto& [id, in] : sessions_)
        into.members += in->members.size();
    into.told = counters_.told;
    into.untold = counters_.untold;
}

} // namespace sockeye::app
