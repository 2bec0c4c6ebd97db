#include "names.hpp"
#include "sessions/session_event.hpp"
#include "sessions/session_hosts.hpp"

#include <algorithm>
#include <limits>
#include <utility>

// What a host says.

namespace sockeye::app {

namespace steps = session_steps;

namespace {

constexpr int attempts = 5; // at what somebody else may always be quicker at

void require_type(const std::string& type) {
    if (!is_name(type)) throw service_error("BAD_REQUEST", "an event's type has 1 to 128 bytes");
    if (type == ended_type) throw service_error("BAD_REQUEST", "this type is the server's own");
}

void require_size(const std::string& written, const session_options& options) {
    if (written.size() > options.max_event_bytes)
        throw service_error("BAD_REQUEST", "an event has up to " +
                                               std::to_string(options.max_event_bytes) + " bytes");
}

// What is left for the data, under whichever number.
std::size_t room_for_data(session_event without, const session_options& options) {
    without.seq = std::numeric_limits<std::uint64_t>::max();
    const std::size_t rest = write_event(without).size() - std::string_view("null").size();
    return options.max_event_bytes - std::min(rest, options.max_event_bytes);
}

} // namespace

task<std::uint64_t> session_hosts::publish(std::string id, std::string connection, std::string type,
                                           socketio::value data) {
    const auto self = shared_from_this();
    require_type(type);
    const hosted_ptr hosted = hosted_by(id, connection);
    const auto turn = co_await hosted->line.enter();
    require_here(hosted);
    session_event event{.session_id = std::move(id),
                        .type = std::move(type),
                        .data = std::move(data),
                        .timestamp = ground_->on.now()};
    const auto seq = co_await append(hosted, std::move(event));
    const std::lock_guard lock(mutex_);
    ++published_;
    co_return seq;
}

task<> session_hosts::close(std::string id, std::string connection) {
    const auto self = shared_from_this();
    const hosted_ptr hosted = hosted_by(id, connection);
    const auto turn = co_await hosted->line.enter();
    require_here(hosted);
    co_await append(hosted, end_event(std::move(id), 0, "closed", ground_->on.now()));
    forget(hosted);
}

hosted_ptr session_hosts::hosted_by(const std::string& id, const std::string& connection) const {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end() || connection.empty() || found->second->connection != connection)
        throw service_error("FORBIDDEN", "this connection is not the session's host");
    return found->second;
}

void session_hosts::require_here(const hosted_ptr& which) const {
    if (is_over(which))
        throw service_error("SESSION_ENDED", "the session is not hosted here any more");
}

// Of a session with history the log gives the numbers. One that was logged and could not be
// published after that is missing for the listeners, who find it in the log.
task<std::uint64_t> session_hosts::append(hosted_ptr to, session_event event) {
    std::uint64_t logged = 0;
    if (to->session.info.history) {
        co_await learn_if_uncertain(to); // it may have ended, or gone elsewhere
        logged = co_await log_event(to, event);
    }
    for (int i = 0; i < attempts; ++i) {
        co_await learn_if_uncertain(to);
        if (logged != 0 && logged <= to->seq)
            throw std::runtime_error("the event log has lost events of session '" +
                                     event.session_id + "'");
        event.seq = logged != 0 ? logged : to->seq + 1;
        transaction all = next_event(*to, event);
        if (is_end(event)) steps::end(all, event.session_id, end_reason(event), ground_->options);
        to->certain = false;
        if (!(co_await ground_->on.state.commit(std::move(all))).applied) continue;
        to->certain = true;
        to->seq = event.seq;
        co_return event.seq;
    }
    throw service_error("UNAVAILABLE", "somebody else is publishing in this session");
}

// The number that it has there. What could not be published is not logged either.
task<std::uint64_t> session_hosts::log_event(hosted_ptr of, session_event event) {
    if (!ground_->history)
        throw service_error("UNAVAILABLE", "sessions keep no history at this instance");
    new_event said{.session_id = session_log_name(event.session_id),
                   .type = event.type,
                   .data = std::exchange(event.data, nullptr),
                   .user_id = of->session.host_user,
                   .max_data_bytes = room_for_data(std::move(event), ground_->options)};
    const logged_event logged = co_await ground_->history->append(std::move(said));
    co_return logged.sequence_number;
}

task<> session_hosts::learn_if_uncertain(hosted_ptr about) {
    if (!about->certain) co_await learn(about);
}

transaction session_hosts::next_event(hosted_session& in, const session_event& event) const {
    steps::written_event written{event.seq, write_event(event)};
    require_size(written.text, ground_->options);
    transaction all;
    steps::require_last(all, in.session.info, in.seq);
    steps::append(all, in.session.info.id, written, ground_->options);
    for (const std::uint64_t gone : in.kept.add(event.seq, written.text.size()))
        all.erase_field(steps::events_key(event.session_id), std::to_string(gone));
    return all;
}

// What the store has is what counts: a commit without an answer may have been done.
task<> session_hosts::learn(hosted_ptr about) {
    const std::string& id = about->session.info.id;
    transaction question;
    steps::look(question, id);
    question.get_fields(steps::events_key(id));
    const store_result answer = co_await ground_->on.state.commit(std::move(question));
    const auto record = steps::read_look(id, answer.replies.data());
    if (!record) {
        forget(about, "expired");
        throw_not_found();
    }
    if (record->ended()) {
        forget(about, record->end_reason);
        throw_ended(record->end_reason);
    }
    if (record->info.host_node != ground_->on.node) {
        forget(about);
        throw service_error("FORBIDDEN", "the host has gone to another instance");
    }
    about->seq = record->seq.value_or(0);
    about->kept.refill(steps::read_sizes(answer.replies[2]));
    about->certain = true;
}

} // namespace sockeye::app
