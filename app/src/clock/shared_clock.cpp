#include "clock/clock_core.hpp"
#include "names.hpp"

#include <sockeye/app/shared_clock.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace sockeye::app {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw service_error("BAD_REQUEST", why);
}

void require_session(const std::string& id) {
    if (!clock_steps::is_session_id(id)) refuse("a session's id has 1 to 128 bytes, and no colon");
}

void require_tempo(double tempo, const clock_options& options) {
    const bool good = tempo >= options.min_tempo && tempo <= options.max_tempo; // no NaN is
    if (!good) refuse("the tempo is out of range");
}

void require_position(milliseconds position, const clock_options& options) {
    if (position.count() < 0 || position > options.max_position)
        refuse("the position is out of range");
}

void require_data(const shared_clock::fields& data, const clock_options& options) {
    const auto is_good = [&](const auto& field) {
        return is_name(field.first) &&
               field.first.size() + field.second.size() <= options.max_field_bytes;
    };
    if (data.empty() || data.size() > options.max_fields || !std::ranges::all_of(data, is_good))
        refuse("no data, too much of it, or a name that cannot be one");
}

} // namespace

shared_clock::shared_clock(const context& on, clock_audience& audience,
                           const clock_options& options)
    : core_(std::make_shared<core>(std::make_shared<clock_ground>(on, audience, options))) {}

shared_clock::~shared_clock() {
    core_->close();
}

void shared_clock::start(std::function<void()> ready) {
    core_->start(std::move(ready));
}

task<> shared_clock::retire() {
    return core_->retire();
}

task<clock_state> shared_clock::start_playing(std::string session_id, std::optional<double> tempo,
                                              std::optional<milliseconds> position) {
    require_session(session_id);
    if (tempo) require_tempo(*tempo, core_->options());
    if (position) require_position(*position, core_->options());
    return core_->change(std::move(session_id), [=](const timing& before, milliseconds now) {
        timing next = before.as_of(now);
        next.playing = true;
        next.tempo = tempo.value_or(before.tempo);
        next.position = position.value_or(next.position);
        return next;
    });
}

task<clock_state> shared_clock::stop_playing(std::string session_id) {
    require_session(session_id);
    return core_->change(std::move(session_id), [](const timing& before, milliseconds now) {
        timing next = before;
        next.position = before.position_at(now);
        next.playing = false;
        return next;
    });
}

task<clock_state> shared_clock::seek(std::string session_id, milliseconds position) {
    require_session(session_id);
    require_position(position, core_->options());
    return core_->change(std::move(session_id), [=](const timing& before, milliseconds now) {
        timing next = before.as_of(now);
        next.position = position;
        return next;
    });
}

task<clock_state> shared_clock::set_tempo(std::string session_id, double tempo) {
    require_session(session_id);
    require_tempo(tempo, core_->options());
    return core_->change(std::move(session_id), [=](const timing& before, milliseconds now) {
        timing next = before.as_of(now);
        next.tempo = tempo;
        return next;
    });
}

task<clock_state> shared_clock::get(std::string session_id) {
    require_session(session_id);
    return core_->get(std::move(session_id));
}

task<> shared_clock::write_data(std::string session_id, fields data) {
    require_session(session_id);
    require_data(data, core_->options());
    return core_->write_data(std::move(session_id), std::move(data));
}

task<shared_clock::fields> shared_clock::read_data(std::string session_id) {
    require_session(session_id);
    return core_->read_data(std::move(session_id));
}

task<> shared_clock::join(clock_join what) {
    require_session(what.session_id);
    if (!is_name(what.member)) refuse("a member is a connection, which has an id");
    return core_->members().join(std::move(what));
}

void shared_clock::leave(const std::string& session_id, const std::string& member) {
    core_->members().leave(session_id, member);
}

void shared_clock::disconnect(const std::string& member) {
    core_->members().disconnect(member);
}

clock_counters shared_clock::counters() const {
    return core_->counters();
}

} // namespace sockeye::app
