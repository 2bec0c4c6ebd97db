#pragma once

#include "event_log/event_database.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace sockeye::app {

struct read_job {
    /// May be called again, if the database was away the first time.
    std::function<void(event_database&)> run;
    std::function<void(const std::string& error)> fail;
};

/// Asks the database, on a thread for each connection.
class reader_pool {
public:
    using connections = std::vector<std::unique_ptr<event_database>>;

    reader_pool(connections databases, std::size_t max_waiting);
    ~reader_pool() { close(); }
    reader_pool(const reader_pool&) = delete;
    reader_pool& operator=(const reader_pool&) = delete;

    void post(read_job job);
    /// Ends what is being read; what waits fails.
    void close();

private:
    void serve(event_database& database);
    /// None: the pool has ended.
    [[nodiscard]] std::optional<read_job> take();

    const connections databases_;
    const std::size_t max_waiting_;
    std::mutex mutex_; // guards the rest
    std::condition_variable changed_;
    std::deque<read_job> waiting_;
    bool closed_ = false;
    std::vector<std::thread> threads_;
};

} // namespace sockeye::app
