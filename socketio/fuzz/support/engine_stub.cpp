#include "support/engine_stub.hpp"

#include <sockeye/engineio/random_id.hpp>

#include <utility>

namespace sockeye::engineio {

static unsigned last_id = 0;

// Alike in every run of an input.
std::string random_id() {
    std::string id = std::to_string(++last_id);
    return id.insert(0, 20 - id.size(), '-');
}

// ---- shards

void http_server_impl::on(unsigned shard, const std::function<void()>& task) {
    const unsigned from = std::exchange(current_, shard);
    task();
    current_ = from;
}

void http_server_impl::post(unsigned shard, std::function<void()> task) {
    posted_[shard].push_back(std::move(task));
}

void http_server_impl::run_one(unsigned shard) {
    if (posted_[shard].empty()) return;
    const auto task = std::move(posted_[shard].front());
    posted_[shard].pop_front();
    on(shard, task);
}

void http_server_impl::run_all() {
    while (!posted_[0].empty() || !posted_[1].empty()) {
        run_one(0);
        run_one(1);
    }
}

void http_server_impl::post_after(unsigned shard, milliseconds delay, std::function<void()> task) {
    later_.emplace(now_ + delay, delayed{shard, std::move(task)});
}

void http_server_impl::set_timer(timed& entry, milliseconds delay) {
    auto& wheel = wheels_[current_];
    if (!wheel) wheel.emplace(now_); // large, and rarely needed
    wheel->set(entry, now_ + delay);
}

void http_server_impl::cancel_timer(timed& entry) {
    if (wheels_[current_]) wheels_[current_]->cancel(entry);
}

void http_server_impl::pass(milliseconds time) {
    now_ += time;
    while (!later_.empty() && later_.begin()->first <= now_) {
        const auto next = later_.extract(later_.begin());
        on(next.mapped().shard, next.mapped().task);
    }
    for (unsigned shard = 0; shard < size(); ++shard)
        if (wheels_[shard]) on(shard, [&] { wheels_[shard]->advance(now_); });
}

// ---- sessions

stub_session& http_server_impl::open(protocol revision, bool lingers) {
    const auto born = std::make_shared<stub_session>(*this, ++last_session_, revision, lingers);
    sessions.emplace(born->id(), born);
    return *born;
}

void http_server_impl::retire(stub_session& ended) {
    const auto dead = sessions.extract(ended.id());
    post(ended.shard(), [session = dead.mapped()] {});
}

stub_session::stub_session(http_server_impl& home, unsigned number, protocol revision, bool lingers)
    : home_(home), shard_(number % home.size()), id_("session-" + std::to_string(number)),
      revision_(revision), lingers_(lingers) {}

void stub_session::receive(std::string_view data, bool binary) {
    home_.events->on_message(*this, data, binary);
}

bool stub_session::send(std::string_view text, send_options options) {
    const auto packet = outgoing::make(packet_type::message, text);
    return send({&packet, 1}, options.volatile_);
}

bool stub_session::send_binary(std::string_view bytes, send_options options) {
    const auto packet = outgoing::make(packet_type::message, bytes, true);
    return send({&packet, 1}, options.volatile_);
}

bool stub_session::send(std::span<const outgoing_ptr> packets, bool volatile_) {
    if (status_ != session_status::open || (volatile_ && full)) return false;
    if (full) {
        end(close_reason::slow_reader);
        return false;
    }
    for (const outgoing_ptr& packet : packets)
        home_.sent(*this, *packet);
    return true;
}

void stub_session::close(bool) {
    if (status_ == session_status::open) status_ = session_status::closing;
    if (!lingers_) end(close_reason::forced_close);
}

void stub_session::end(close_reason why) {
    if (std::exchange(status_, session_status::closed) == session_status::closed) return;
    home_.events->on_close(*this, why, "the end");
    home_.retire(*this);
}

// ---- the servers

http_server::http_server(http_server_options) : impl_(std::make_shared<http_server_impl>()) {
    last_id = 0;
}
http_server::~http_server() = default;
shards& http_server::shards() {
    return *impl_;
}
void http_server::write_log(log_level, std::string_view) const {}

server::server(http_server& http, handler& events, server_options) : http_(&http) {
    http.impl().events = &events;
}
server::~server() = default;
void server::serve(std::string_view, static_file) {}
http_server& server::http() {
    return *http_;
}

session* server::find(std::string_view id) {
    const auto found = http_->impl().sessions.find(id);
    if (found == http_->impl().sessions.end()) return nullptr;
    stub_session& session = *found->second;
    const bool here = session.shard() == http_->impl().current();
    return here && session.status() != session_status::closed ? &session : nullptr;
}

void server::for_each(const std::function<void(session&)>& visit) {
    const auto all = http_->impl().sessions; // a visit may end sessions
    for (const auto& [id, session] : all)
        if (find(id)) visit(*session);
}

void server::close() {
    auto& home = http_->impl();
    for (unsigned shard = 0; shard < home.size(); ++shard)
        home.post(shard, [this, &home] {
            home.events->on_stopping();
            for_each([](session& s) { s.close(true); });
        });
}

} // namespace sockeye::engineio
