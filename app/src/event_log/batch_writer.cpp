#include "event_log/batch_writer.hpp"

#include <algorithm>

namespace sockeye::app {

using engineio::log_level;
using std::chrono::steady_clock;

namespace {

batch_plan plan_of(std::deque<waiting_write>& batch) {
    batch_plan plan;
    for (waiting_write& one : batch)
        plan.add(one.what);
    return plan;
}

} // namespace

batch_writer::batch_writer(std::unique_ptr<event_database> database,
                           const event_log_options& options)
    : options_(options), database_(std::move(database)),
      queue_({.count = options.max_queued,
              .bytes = options.max_queued_bytes,
              .batch = options.max_batch,
              .batch_bytes = options.max_batch_bytes}),
      retry_delay_(options.retry_delay), thread_([this] { run(); }) {}

void batch_writer::close() {
    queue_.close();
    if (thread_.joinable()) thread_.join();
}

void batch_writer::write(waiting_write one) {
    one.bytes = size_of(one.what);
    one.expires = steady_clock::now() + options_.max_wait;
    if (queue_.push(std::move(one))) return;
    ++failed_;
    one.answer(queue_.is_closed() ? "the event log has stopped"
                                  : "too much is waiting to be written to the event log",
               one.what);
}

event_log_health batch_writer::health() const {
    const auto queued = queue_.queued();
    return {.ready = ready_,
            .appended = appended_,
            .failed = failed_,
            .batches = batches_,
            .queued = queued.count,
            .queued_bytes = queued.bytes};
}

void batch_writer::run() {
    check();
    while (true) {
        batch next = queue_.take(ready_ ? options_.check_interval : retry_delay_);
        if (!next.empty())
            write_batch(std::move(next));
        else if (queue_.is_closed())
            return;
        else
            check();
    }
}

void batch_writer::check() {
    try {
        database_->check();
        note_answer();
    } catch (const std::exception& why) {
        note_failure(why.what());
    }
}

void batch_writer::write_batch(batch what) {
    const std::uint64_t number = ++last_batch_;
    while (!what.empty()) {
        try {
            database_->apply(number, plan_of(what));
            note_answer();
            return acknowledge(what);
        } catch (const write_refused& why) {
            note_answer();
            return write_apart(std::move(what), why.what());
        } catch (const std::exception& why) {
            note_failure(why.what());
        }
        if (queue_.is_closed()) return fail(what, problem_ + ", and the event log has stopped");
        pause(what);
        fail_expired(what);
    }
}

// One row that the database does not take spoils its batch: halves of it find which.
void batch_writer::write_apart(batch what, const std::string& refusal) {
    if (what.size() == 1) return fail(what, "the event log does not take it: " + refusal);
    batch first;
    while (first.size() < what.size()) {
        first.push_back(std::move(what.front()));
        what.pop_front();
    }
    write_batch(std::move(first));
    write_batch(std::move(what));
}

void batch_writer::acknowledge(batch& written) {
    ++batches_;
    for (waiting_write& one : written) {
        if (std::holds_alternative<event_row>(one.what)) ++appended_;
        finish(one, {});
    }
}

void batch_writer::fail(batch& what, const std::string& error) {
    failed_ += what.size();
    for (waiting_write& one : what)
        finish(one, error);
}

void batch_writer::fail_expired(batch& in_doubt) {
    const steady_time now = steady_clock::now();
    batch expired;
    while (!in_doubt.empty() && in_doubt.front().expires <= now) {
        expired.push_back(std::move(in_doubt.front()));
        in_doubt.pop_front();
    }
    fail(expired, problem_ + "; whether it was written is not known");
    batch untried = queue_.take_expired(now);
    fail(untried, problem_ + "; it was not written");
}

void batch_writer::finish(waiting_write& one, const std::string& error) {
    queue_.finish(one);
    one.answer(error, one.what);
}

void batch_writer::note_answer() {
    retry_delay_ = options_.retry_delay;
    if (!ready_.exchange(true) && !problem_.empty())
        options_.log(log_level::info, "event log: the database is back");
    problem_.clear();
}

void batch_writer::note_failure(const std::string& why) {
    ready_ = false;
    if (problem_ != why) options_.log(log_level::warning, "event log: " + why);
    problem_ = why;
}

// Not for longer than the first of them may still wait.
void batch_writer::pause(const batch& before) {
    queue_.pause_until(std::min(steady_clock::now() + retry_delay_, before.front().expires));
    retry_delay_ = std::min(2 * retry_delay_, options_.max_retry_delay);
}

} // namespace sockeye::app
