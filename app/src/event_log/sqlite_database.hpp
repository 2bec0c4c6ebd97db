#pragma once

#include "event_log/event_database.hpp"
#include "event_log/sqlite_connection.hpp"

#include <sockeye/app/sqlite_event_log.hpp>

namespace sockeye::app {

class sqlite_database final : public event_database {
public:
    /// Throws sqlite_error, or std::runtime_error for a newer version.
    explicit sqlite_database(const sqlite_options& where);

    void check() override {} // it cannot be away
    void apply(std::uint64_t batch_number, const batch_plan& plan) override;
    std::vector<logged_event> events(const page& which) override;
    std::vector<logged_session> active_sessions(milliseconds since, std::size_t limit) override;
    usage_totals usage(const std::string& user_id, const std::string& month) override;
    std::uint64_t remove_inactive(milliseconds before, std::size_t limit) override;

private:
    void apply_session(const std::string& session_id, const batch_plan::session_part& part);
    void apply_usage(const batch_plan::usage_key& key, const batch_plan::usage_part& part);
    std::uint64_t last_number(std::string_view session_id);

    sqlite_connection connection_;
    const bool is_limited_; // in size
    sqlite_statement touch_session_;
    sqlite_statement last_number_;
    sqlite_statement insert_event_;
    sqlite_statement add_usage_;
};

} // namespace sockeye::app
