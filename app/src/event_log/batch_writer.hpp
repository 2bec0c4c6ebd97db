#pragma once

#include "event_log/event_database.hpp"
#include "event_log/write_queue.hpp"

#include <atomic>
#include <memory>
#include <thread>

namespace sockeye::app {

/// Writes what comes in, on a thread of its own: all that waits goes into one transaction, and is
/// answered once that is on disk. Meanwhile the next transaction gathers.
class batch_writer {
public:
    batch_writer(std::unique_ptr<event_database> database, const event_log_options& options);
    ~batch_writer() { close(); }
    batch_writer(const batch_writer&) = delete;
    batch_writer& operator=(const batch_writer&) = delete;

    void write(waiting_write one);
    /// Writes what waits, unless the database is away.
    void close();
    [[nodiscard]] event_log_health health() const;

private:
    using batch = std::deque<waiting_write>;

    void run();
    void check();
    void write_batch(batch what);
    void write_apart(batch what, const std::string& refusal);
    void acknowledge(batch& written);
    void fail(batch& what, const std::string& error);
    void fail_expired(batch& in_doubt);
    void finish(waiting_write& one, const std::string& error);

    void note_answer();
    void note_failure(const std::string& why);
    void pause(const batch& before);

    const event_log_options options_;
    const std::unique_ptr<event_database> database_;
    write_queue queue_;
    std::uint64_t last_batch_ = 0;
    milliseconds retry_delay_;
    std::string problem_; // the last, while it lasts

    std::atomic<bool> ready_ = false;
    std::atomic<std::uint64_t> appended_ = 0;
    std::atomic<std::uint64_t> failed_ = 0;
    std::atomic<std::uint64_t> batches_ = 0;
    std::thread thread_; // after what it uses
};

} // namespace sockeye::app
