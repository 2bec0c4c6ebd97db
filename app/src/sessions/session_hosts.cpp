#include "sessions/session_hosts.hpp"

#include "names.hpp"
#include "sessions/session_event.hpp"

#include <sockeye/engineio/random_id.hpp>

#include <algorithm>
#include <utility>

namespace sockeye::app {

namespace steps = session_steps;

namespace {

constexpr int attempts = 5; // at what somebody else may always be quicker at

void require_fields(const session_fields& fields, const session_options& options) {
    const auto is_good = [&](const auto& field) {
        return is_name(field.first) && !steps::is_reserved(field.first) &&
               field.first.size() + field.second.size() <= options.max_field_bytes;
    };
    if (fields.size() > options.max_fields || !std::ranges::all_of(fields, is_good))
        throw service_error("BAD_REQUEST", "too many fields, one that is too long, or a name that "
                                           "is taken");
}

void require_host(const session_host& host) {
    require_connection(host.connection);
    if (!host.user.empty() && !is_name(host.user))
        throw service_error("BAD_REQUEST", "a user's id has 1 to 128 bytes");
}

} // namespace

// ---- a host comes

task<session_info> session_hosts::create(session_host host, std::string source_lang,
                                         session_fields more, bool history) {
    const auto self = shared_from_this();
    require_host(host);
    if (history && !ground_->history)
        throw service_error("FORBIDDEN", "sessions keep no history at this server");
    require_fields(more, ground_->options);
    if (source_lang.size() > max_name_bytes)
        throw service_error("BAD_REQUEST", "a language has up to 128 bytes");
    session_record made{.info = {.id = engineio::random_id(),
                                 .code = {},
                                 .host_node = ground_->on.node,
                                 .source_lang = std::move(source_lang),
                                 .created_at = ground_->on.now(),
                                 .status = "active",
                                 .more = std::move(more),
                                 .history = history,
                                 .local = true},
                        .host_user = host.user,
                        .end_reason = {},
                        .seq = 0};
    reserve(host.connection, made.info.id);
    try {
        made.info.code = co_await store_new(made);
    } catch (...) {
        release(host.connection, made.info.id);
        throw;
    }
    const hosted_ptr hosted = adopt(made, host.connection);
    hosted->certain = true;
    keep_beating(hosted, ground_->options.heartbeat_interval);
    co_return std::move(made.info);
}

task<std::string> session_hosts::store_new(session_record made) {
    for (int i = 0; i < attempts; ++i) {
        made.info.code = draw_code(ground_->options.code_length);
        transaction all = steps::create(made, ground_->options);
        if ((co_await ground_->on.state.commit(std::move(all))).applied)
            co_return std::move(made.info.code);
    }
    throw service_error("UNAVAILABLE", "no join code was free");
}

task<std::uint64_t> session_hosts::resume(std::string id, session_host host) {
    const auto self = shared_from_this();
    require_id(id);
    require_host(host);
    reserve(host.connection, id);
    hosted_ptr hosted;
    try {
        session_record found = co_await fetch(id, host.user);
        hosted = adopt(std::move(found), host.connection);
    } catch (...) {
        release(host.connection, id);
        throw;
    }
    keep_beating(hosted, ground_->options.heartbeat_interval);
    const auto turn = co_await hosted->line.enter();
    co_await learn(hosted);
    co_return hosted->seq;
}

// Also where the heart has stopped, as long as nobody has been told.
task<session_record> session_hosts::fetch(std::string id, std::string user) {
    for (int i = 0; i < attempts; ++i) {
        transaction question;
        steps::look(question, id);
        const store_result answer = co_await ground_->on.state.commit(std::move(question));
        auto record = steps::read_look(id, answer.replies.data());
        if (!record) throw_not_found();
        if (record->ended()) throw_ended(record->end_reason);
        if (user.empty() || record->host_user != user)
            throw service_error("FORBIDDEN", "only the user who hosts a session may resume it");
        transaction moving = steps::move(*record, ground_->on.node, ground_->options);
        const bool moved = (co_await ground_->on.state.commit(std::move(moving))).applied;
        record->info.host_node = ground_->on.node;
        record->info.local = true;
        if (moved) co_return *std::move(record);
    }
    throw service_error("UNAVAILABLE", "the session is being resumed elsewhere too");
}

void session_hosts::reserve(const std::string& connection, const std::string& id) {
    const std::lock_guard lock(mutex_);
    if (hosting_.count(connection) >= ground_->options.max_hosted)
        throw service_error("BAD_REQUEST", "this connection hosts too many sessions");
    hosting_.add(connection, id);
    coming_.emplace(connection, id);
}

void session_hosts::release(const std::string& connection, const std::string& id) {
    const std::lock_guard lock(mutex_);
    coming_.erase(coming_.find({connection, id}));
    const auto found = sessions_.find(id);
    const bool in_use = (found != sessions_.end() && found->second->connection == connection) ||
                        coming_.contains({connection, id}); // by another request
    if (!in_use) hosting_.remove(connection, id);
}

hosted_ptr session_hosts::adopt(session_record session, const std::string& connection) {
    const std::lock_guard lock(mutex_);
    const std::string id = session.info.id;
    coming_.erase(coming_.find({connection, id}));
    auto made =
        std::make_shared<hosted_session>(std::move(session), ground_->on.shards, ground_->options);
    hosted_ptr& place = sessions_[id];
    if (place) {
        place->over = true;
        if (place->connection != connection) hosting_.remove(place->connection, id);
    }
    place = made;
    made->connection = connection;
    if (!hosting_.has(connection, id)) wait_for_host(made); // it has gone meanwhile
    return made;
}

// ---- a host goes

void session_hosts::forget(const hosted_ptr& which, const std::string& reason) {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(which->over, true)) return;
        const std::string& id = which->session.info.id;
        sessions_.erase(id);
        hosting_.remove(which->connection, id);
        if (reason.empty() || which->connection.empty()) return;
        ground_->tellings.add([ground = ground_, id, reason, host = which->connection] {
            ground->audience.on_ended({host}, id, reason);
        });
    }
    ground_->tellings.flush();
}

void session_hosts::disconnect(const std::string& connection) {
    const std::lock_guard lock(mutex_);
    for (const std::string& id : hosting_.sessions_of(connection)) {
        hosting_.remove(connection, id);
        const auto found = sessions_.find(id);
        if (found != sessions_.end() && found->second->connection == connection)
            wait_for_host(found->second);
    }
}

void session_hosts::wait_for_host(const hosted_ptr& which) {
    which->connection.clear();
    const std::uint64_t absence = ++which->absences;
    ground_->work.later(weak_from_this(), ground_->options.host_grace,
                        [this, which, absence] { return end_without_host(which, absence); });
}

// Forgotten first, so that its heart stops whether the end can be stored or not.
task<> session_hosts::end_without_host(hosted_ptr which, std::uint64_t absence) {
    const auto self = shared_from_this();
    {
        const std::lock_guard lock(mutex_);
        const bool is_back = !which->connection.empty() || which->absences != absence;
        if (is_back || which->over) co_return;
    }
    forget(which);
    const auto turn = co_await which->line.enter();
    co_await append(which, end_event(which->session.info.id, 0, "host lost", ground_->on.now()));
}

// ---- a host's heart

void session_hosts::keep_beating(const hosted_ptr& which, milliseconds after) {
    ground_->work.later(weak_from_this(), after, [this, which] { return beat(which); });
}

task<> session_hosts::beat(hosted_ptr which) {
    const auto self = shared_from_this();
    const session_options& options = ground_->options;
    if (is_over(which)) co_return;
    bool kept = false;
    try {
        transaction all = steps::beat(which->session.info, options);
        kept = (co_await ground_->on.state.commit(std::move(all))).applied;
    } catch (...) {
        keep_beating(which, options.heartbeat_retry);
        throw;
    }
    if (!kept) {
        const auto turn = co_await which->line.enter();
        co_await learn(which);
    }
    keep_beating(which, options.heartbeat_interval);
}

bool session_hosts::is_over(const hosted_ptr& which) const {
    const std::lock_guard lock(mutex_);
    return which->over;
}

// ---- what is here

std::optional<session_info> session_hosts::find(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return std::nullopt;
    return found->second->session.info;
}

void session_hosts::count(session_counters& into) const {
    const std::lock_guard lock(mutex_);
    into.hosted = sessions_.size();
    into.published = published_;
}

} // namespace sockeye::app
