#include "event_log/reader_pool.hpp"

namespace sockeye::app {

namespace {

constexpr const char* stopped = "the event log has stopped";

// A connection that has been of no use for a while is often found broken: a new one is tried.
void run(const read_job& job, event_database& on) {
    try {
        try {
            job.run(on);
        } catch (const database_away&) {
            job.run(on);
        }
    } catch (const std::exception& why) {
        job.fail(why.what());
    }
}

} // namespace

reader_pool::reader_pool(connections databases, std::size_t max_waiting)
    : databases_(std::move(databases)), max_waiting_(max_waiting) {
    for (const auto& database : databases_)
        threads_.emplace_back([this, &database] { serve(*database); });
}

void reader_pool::close() {
    std::deque<read_job> unanswered;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        unanswered.swap(waiting_);
    }
    changed_.notify_all();
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
    for (const read_job& job : unanswered)
        job.fail(stopped);
}

void reader_pool::post(read_job job) {
    const char* refusal = stopped;
    {
        const std::lock_guard lock(mutex_);
        if (!closed_ && waiting_.size() < max_waiting_) {
            waiting_.push_back(std::move(job));
            changed_.notify_one();
            return;
        }
        if (!closed_) refusal = "too many questions are waiting for the event log";
    }
    job.fail(refusal);
}

void reader_pool::serve(event_database& database) {
    while (const auto job = take())
        run(*job, database);
}

std::optional<read_job> reader_pool::take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (closed_) return std::nullopt;
    std::optional<read_job> next(std::move(waiting_.front()));
    waiting_.pop_front();
    return next;
}

} // namespace sockeye::app
