#pragma once

#include "membership.hpp"
#include "sessions/hosted_session.hpp"
#include "sessions/session_ground.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace sockeye::app {

/// The sessions whose hosts are at this instance.
class session_hosts : public std::enable_shared_from_this<session_hosts> {
public:
    explicit session_hosts(std::shared_ptr<session_ground> ground) : ground_(std::move(ground)) {}

    task<session_info> create(session_host host, std::string source_lang, session_fields more,
                              bool history);
    task<std::uint64_t> resume(std::string id, session_host host);
    task<std::uint64_t> publish(std::string id, std::string connection, std::string type,
                                socketio::value data);
    task<> close(std::string id, std::string connection);
    void disconnect(const std::string& connection);

    [[nodiscard]] std::optional<session_info> find(const std::string& id) const;
    void count(session_counters& into) const;

private:
    task<std::string> store_new(session_record made); // the join code
    task<session_record> fetch(std::string id, std::string user);
    void reserve(const std::string& connection, const std::string& id);
    void release(const std::string& connection, const std::string& id);
    hosted_ptr adopt(session_record session, const std::string& connection);
    /// It is hosted here no more. With a reason it has ended, and the host is told.
    void forget(const hosted_ptr& which, const std::string& reason = {});

    [[nodiscard]] hosted_ptr hosted_by(const std::string& id, const std::string& connection) const;
    [[nodiscard]] bool is_over(const hosted_ptr& which) const;
    void require_here(const hosted_ptr& which) const;

    // In turn.
    task<std::uint64_t> append(hosted_ptr to, session_event event);
    task<std::uint64_t> log_event(hosted_ptr of, session_event event);
    task<> learn_if_uncertain(hosted_ptr about);
    [[nodiscard]] transaction next_event(hosted_session& in, const session_event& event) const;
    task<> learn(hosted_ptr about);

    void keep_beating(const hosted_ptr& which, milliseconds after);
    task<> beat(hosted_ptr which);
    void wait_for_host(const hosted_ptr& which); // under the lock
    task<> end_without_host(hosted_ptr which, std::uint64_t absence);

    const std::shared_ptr<session_ground> ground_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, hosted_ptr> sessions_;
    membership hosting_;
    std::multiset<std::pair<std::string, std::string>> coming_; // connections, and to which session
    std::uint64_t published_ = 0;
};

} // namespace sockeye::app
