#pragma once

#include <sockeye/app/context.hpp>
#include <sockeye/engineio/log.hpp>
#include <sockeye/socketio/pending.hpp>
#include <sockeye/socketio/task.hpp>
#include <sockeye/socketio/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::app {

using socketio::pending;
using socketio::task;
using std::chrono::milliseconds;
using std::chrono::seconds;

// What is to be appended.
struct new_event {
    std::string session_id;
    std::string type;
    socketio::value data = {}; // kept as JSON
    std::string user_id = {};  // empty: nobody's
    // Of the data as JSON, where the log takes more.
    std::size_t max_data_bytes = std::numeric_limits<std::size_t>::max();
};

struct logged_event {
    std::string session_id;
    std::uint64_t sequence_number = 0; // 1, 2, 3, … in each session
    std::string type;
    socketio::value data;
    std::string user_id;
    milliseconds timestamp{}; // since the epoch, by the clock of the instance that appended it

    bool operator==(const logged_event&) const = default;
};

struct logged_session {
    std::string session_id;
    milliseconds created_at{};
    milliseconds last_activity{};
    socketio::value metadata;

    bool operator==(const logged_session&) const = default;
};

inline constexpr std::int64_t max_usage_amount = 1'000'000'000'000; // at once
using usage_totals = std::map<std::string, std::int64_t>;           // by counter

struct event_log_health {
    bool ready = false; // the database has answered, the last time it was asked
    std::uint64_t appended = 0;
    std::uint64_t failed = 0; // told an error, for whichever reason
    std::uint64_t batches = 0;
    std::size_t queued = 0; // waiting to be durable
    std::size_t queued_bytes = 0;
};

struct event_log_options {
    // Of what waits to be written; more fails at once.
    std::size_t max_queued = 50'000;
    std::size_t max_queued_bytes = 64 * 1024 * 1024;
    // What has waited that long, because the database is away or slow, fails.
    milliseconds max_wait = seconds(10);
    // Of one transaction.
    std::size_t max_batch = 2'000;
    std::size_t max_batch_bytes = 4 * 1024 * 1024;

    std::size_t max_event_bytes = 1024 * 1024; // as JSON
    std::size_t max_metadata_bytes = 16 * 1024;
    std::size_t max_page_bytes = 4 * 1024 * 1024; // of what is read at once, but for one event

    unsigned readers = 2; // connections, each with a thread
    std::size_t max_queued_reads = 1'000;

    // While the database is away, it is asked again after so long; this doubles each time.
    milliseconds retry_delay = milliseconds(50);
    milliseconds max_retry_delay = seconds(2);
    milliseconds check_interval = seconds(5); // of a database that nothing is asked of

    // Sessions without activity for that long are removed. 0: kept for ever.
    milliseconds keep = milliseconds(0);
    milliseconds sweep_interval = std::chrono::hours(1);

    std::function<milliseconds()> now = {}; // since the epoch; none: the system's clock
    engineio::logger log = {};              // none: to standard error, from warnings on
};

// What happened in each session, durably, in order. Instances may share one: events are numbered
// without a gap whoever appends them. Members may be called from any thread, and never wait for the
// database. How it works: docs/event-log.md.
//
// What no database could take is refused at once: members throw service_error BAD_REQUEST. Answers
// that fail have a text for people. Ids and types have 1 to 128 bytes of UTF-8 without control
// characters.
class event_log {
public:
    virtual ~event_log() = default; // closes

    // Answered when the event is on disk. What one thread appends is numbered in that order. A
    // failure says so where the event may have been written nevertheless.
    virtual pending<logged_event> append(new_event what) = 0;
    // Makes the session known, or gives it other metadata. Answers true.
    virtual pending<bool> put_session(std::string session_id, socketio::value metadata) = 0;

    // Those after that number, in order: up to `limit`, fewer where they are large. None: there are
    // no more.
    virtual pending<std::vector<logged_event>>
    events(std::string session_id, std::uint64_t after = 0, std::size_t limit = 1000) = 0;
    // With activity at that time or later, the latest first; up to 1,000.
    virtual pending<std::vector<logged_session>> active_sessions(milliseconds since) = 0;
    // Removes sessions without activity since that time, and their events. Answers how many.
    virtual pending<std::uint64_t> remove_inactive(milliseconds before) = 0;

    // Adds to what the user has used in this month, and answers the total. `amount`: from 0 to
    // max_usage_amount.
    virtual pending<std::int64_t> add_usage(std::string user_id, std::string counter,
                                            std::int64_t amount = 1) = 0;
    // `month`: such as "2026-01", in UTC.
    virtual pending<usage_totals> usage(std::string user_id, std::string month) = 0;

    [[nodiscard]] virtual event_log_health health() const = 0;

    // Writes what waits, unless the database is away, and answers everybody; returns when that is
    // done. From then on everything fails at once. Not from a shard's own thread.
    virtual void close() = 0;
};

// ---- on top of that

// The month of that moment, as usage() knows it.
std::string month_of(milliseconds since_epoch);

// Folds the session's events, in order, into a state: `state = fold(std::move(state), event)`.
// `fold` must be pure: what it makes depends on nothing but its arguments. Then every instance gets
// the same state, however the events came in. The log outlives the task.
template<class State, class Fold>
task<State> replay(event_log& log, std::string session_id, State state, Fold fold) {
    std::uint64_t last = 0;
    while (true) {
        const std::vector<logged_event> page = co_await log.events(session_id, last);
        if (page.empty()) co_return state;
        for (const logged_event& event : page)
            state = fold(std::move(state), event);
        last = page.back().sequence_number;
    }
}

using latest_data = std::map<std::string, socketio::value>; // by type

// The data of the last event of each type.
task<latest_data> replay(event_log& log, std::string session_id);

// One event in JSON, with the names of the table's columns, and a line feed.
std::string to_json_line(const logged_event& event);

struct written_transcript {
    std::uint64_t events = 0; // how many were written
    std::uint64_t last = 0;   // the number of the last of them, or what was given as `after`
    bool complete = false;    // there are no more
};

// Hands the session from the event after that number on, in such lines, to `write`, some at a time;
// ends at `max_bytes`, once there are that many.
task<written_transcript>
export_transcript(event_log& log, std::string session_id,
                  std::function<void(std::string_view lines)> write, std::uint64_t after = 0,
                  std::size_t max_bytes = std::numeric_limits<std::size_t>::max());

} // namespace sockeye::app
