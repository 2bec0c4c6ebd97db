#pragma once

#include "event_log/event_database.hpp"
#include "event_log/postgres_connection.hpp"

namespace sockeye::app {

class postgres_database final : public event_database {
public:
    /// `writer_id`: unlike all others'.
    postgres_database(std::string url, milliseconds timeout, std::string writer_id = {});

    void check() override;
    void apply(std::uint64_t batch_number, const batch_plan& plan) override;
    std::vector<logged_event> events(const page& which) override;
    std::vector<logged_session> active_sessions(milliseconds since, std::size_t limit) override;
    usage_totals usage(const std::string& user_id, const std::string& month) override;
    std::uint64_t remove_inactive(milliseconds before, std::size_t limit) override;

private:
    template<class Work>
    auto connected(Work work);
    void apply_once(postgres_connection& to, std::uint64_t batch_number, const batch_plan& plan);

    const std::string url_;
    const milliseconds timeout_;
    const std::string writer_id_;
    std::unique_ptr<postgres_connection> connection_; // null: not connected
};

} // namespace sockeye::app
