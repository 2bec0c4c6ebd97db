#include "sessions/session_hosts.hpp"
#include "sessions/session_listeners.hpp"

#include <sockeye/app/sessions.hpp>

#include <utility>

namespace sockeye::app {

sessions::sessions(const context& on, session_audience& audience, const session_options& options,
                   event_log* history)
    : ground_(std::make_shared<session_ground>(on, audience, options, history)),
      hosts_(std::make_shared<session_hosts>(ground_)),
      listeners_(std::make_shared<session_listeners>(ground_)) {}

sessions::~sessions() {
    ground_->work.retire();
    ground_->tellings.close();
    listeners_->retire();
}

void sessions::start() {
    listeners_->check_regularly();
}

task<session_info> sessions::create_session(session_host host, std::string source_lang,
                                            session_fields more, bool history) {
    return hosts_->create(std::move(host), std::move(source_lang), std::move(more), history);
}

task<std::uint64_t> sessions::resume_session(std::string session_id, session_host host) {
    return hosts_->resume(std::move(session_id), std::move(host));
}

task<std::uint64_t> sessions::publish(std::string session_id, std::string connection,
                                      std::string type, socketio::value data) {
    return hosts_->publish(std::move(session_id), std::move(connection), std::move(type),
                           std::move(data));
}

task<> sessions::close_session(std::string session_id, std::string connection) {
    return hosts_->close(std::move(session_id), std::move(connection));
}

task<session_info> sessions::get_session(std::string session_id) {
    const auto ground = ground_;
    if (auto local = hosts_->find(session_id)) co_return *std::move(local);
    require_id(session_id);
    session_record found = co_await ground->find(std::move(session_id));
    co_return std::move(found.info);
}

task<session_info> sessions::get_session_by_code(std::string code) {
    const auto ground = ground_;
    std::string id = co_await ground->id_of(std::move(code));
    session_record found = co_await ground->find(std::move(id));
    co_return std::move(found.info);
}

task<> sessions::join(session_join what) {
    return listeners_->join(std::move(what));
}

void sessions::leave(const std::string& session_id, const std::string& listener) {
    listeners_->leave(session_id, listener);
}

void sessions::disconnect(const std::string& connection) {
    listeners_->disconnect(connection);
    hosts_->disconnect(connection);
}

session_counters sessions::counters() const {
    session_counters counted;
    hosts_->count(counted);
    listeners_->count(counted);
    return counted;
}

} // namespace sockeye::app
