#pragma once

#include "event_log/batch_writer.hpp"
#include "event_log/reader_pool.hpp"

#include <sockeye/engineio/shards.hpp>

namespace sockeye::app {

/// The event log over any database: one connection writes in batches, others read.
class queued_event_log final : public event_log {
public:
    struct connections {
        std::unique_ptr<event_database> writer;
        reader_pool::connections readers;
    };
    queued_event_log(engineio::shards& shards, connections databases, event_log_options options);

    pending<logged_event> append(new_event what) override;
    pending<bool> put_session(std::string session_id, socketio::value metadata) override;
    pending<std::vector<logged_event>> events(std::string session_id, std::uint64_t after,
                                              std::size_t limit) override;
    pending<std::vector<logged_session>> active_sessions(milliseconds since) override;
    pending<std::uint64_t> remove_inactive(milliseconds before) override;
    pending<std::int64_t> add_usage(std::string user_id, std::string counter,
                                    std::int64_t amount) override;
    pending<usage_totals> usage(std::string user_id, std::string month) override;
    [[nodiscard]] event_log_health health() const override { return writer_.health(); }
    void close() override;

private:
    template<class Answer, class Row>
    pending<Answer> write(Row what, Answer (*answer_of)(const Row&));
    template<class Answer, class Ask>
    pending<Answer> read(Ask ask);

    engineio::shards& shards_;
    const event_log_options options_;
    const std::shared_ptr<reader_pool> readers_;
    batch_writer writer_;
};

/// With what is not told filled in.
[[nodiscard]] event_log_options with_defaults(event_log_options options);

} // namespace sockeye::app
