#include "event_log/sqlite_database.hpp"

#include "event_log/sqlite_schema.hpp"

#include <sqlite3.h>
#include <thread>

namespace sockeye::app {

using std::chrono::steady_clock;

namespace {

bool is_refusal(int code) {
    return code == SQLITE_CONSTRAINT || code == SQLITE_TOOBIG || code == SQLITE_MISMATCH;
}

/// A log that has reached its own limit works: it only takes nothing more.
template<class Work>
auto translate_errors(Work work, bool is_limited = false) {
    try {
        return work();
    } catch (const sqlite_error& error) {
        if (error.code == SQLITE_FULL && is_limited)
            throw write_refused("it has reached its size limit");
        if (is_refusal(error.code)) throw write_refused(error.what());
        throw database_away(std::string("SQLite does not work: ") + error.what());
    }
}

void limit_size(sqlite_connection& database, std::size_t max_bytes) {
    if (max_bytes == 0) return;
    auto asked = database.prepare("PRAGMA page_size");
    std::int64_t page = 0;
    {
        auto rows = asked.query();
        rows.next();
        page = rows.integer(0);
    }
    database.run("PRAGMA max_page_count = " +
                 std::to_string(static_cast<std::int64_t>(max_bytes) / page));
}

// SQLite waits for others everywhere but here: of those that open a new file at once, only one may
// change its journal.
void write_ahead(sqlite_connection& in, milliseconds patience) {
    const auto deadline = steady_clock::now() + patience;
    while (true) {
        try {
            return in.run("PRAGMA journal_mode = WAL");
        } catch (const sqlite_error& error) {
            if (error.code != SQLITE_BUSY || steady_clock::now() >= deadline) throw;
        }
        std::this_thread::sleep_for(milliseconds(1));
    }
}

// An acknowledged event must survive a power cut, so each commit is synchronous; with the log
// written ahead that takes one call of fsync.
sqlite_connection open(const sqlite_options& where) try {
    sqlite_connection made(where.file, where.busy_timeout);
    write_ahead(made, where.busy_timeout);
    made.run("PRAGMA synchronous = FULL");
    migrate(made);
    limit_size(made, where.max_bytes);
    return made;
} catch (const sqlite_error& error) {
    throw std::runtime_error("the event log's file " + where.file + ": " + error.what());
}

std::int64_t limit_of(std::size_t count) {
    return static_cast<std::int64_t>(count);
}

} // namespace

sqlite_database::sqlite_database(const sqlite_options& where)
    : connection_(open(where)), is_limited_(where.max_bytes > 0),
      touch_session_(connection_.prepare(R"sql(
          INSERT INTO sessions (session_id, created_at, last_activity, metadata)
          VALUES (?1, ?2, ?2, ?3)
          ON CONFLICT (session_id) DO UPDATE
          SET last_activity = max(last_activity, excluded.last_activity),
              metadata = coalesce(excluded.metadata, metadata))sql")),
      last_number_(connection_.prepare(
          "SELECT coalesce(max(sequence_number), 0) FROM events WHERE session_id = ?1")),
      insert_event_(connection_.prepare(R"sql(
          INSERT INTO events
              (session_id, sequence_number, event_type, event_data, user_id, timestamp)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql")),
      add_usage_(connection_.prepare(R"sql(
          INSERT INTO usage_totals (user_id, month, counter, total) VALUES (?1, ?2, ?3, ?4)
          ON CONFLICT (user_id, month, counter) DO UPDATE SET total = total + excluded.total
          RETURNING total)sql")) {}

// What was not committed has not happened, whatever the error was: there is no doubt to settle by
// the batch's number.
void sqlite_database::apply(std::uint64_t /*batch_number*/, const batch_plan& plan) {
    translate_errors(
        [&] {
            sqlite_transaction change(connection_);
            for (const auto& [session_id, part] : plan.sessions)
                apply_session(std::string(session_id), part);
            for (const auto& [key, part] : plan.usage)
                apply_usage(key, part);
            change.commit();
        },
        is_limited_);
}

void sqlite_database::apply_session(const std::string& session_id,
                                    const batch_plan::session_part& part) {
    touch_session_.run(session_id, part.last_activity.count(), part.metadata);
    if (part.events.empty()) return;
    part.number_after(last_number(session_id));
    for (const event_row* event : part.events)
        insert_event_.run(
            session_id, static_cast<std::int64_t>(event->sequence_number), event->type, event->data,
            event->user_id.empty() ? nullptr : &event->user_id, event->timestamp.count());
}

std::uint64_t sqlite_database::last_number(std::string_view session_id) {
    auto rows = last_number_.query(session_id);
    rows.next();
    return static_cast<std::uint64_t>(rows.integer(0));
}

void sqlite_database::apply_usage(const batch_plan::usage_key& key,
                                  const batch_plan::usage_part& part) {
    auto rows = add_usage_.query(key.user_id, key.month, key.counter, part.amount);
    rows.next();
    part.end_at(rows.integer(0));
}

std::vector<logged_event> sqlite_database::events(const page& which) {
    return translate_errors([&] {
        std::vector<logged_event> found;
        std::size_t bytes = 0;
        auto asked = connection_.prepare(R"sql(
            SELECT sequence_number, event_type, event_data, user_id, timestamp FROM events
            WHERE session_id = ?1 AND sequence_number > ?2 ORDER BY sequence_number LIMIT ?3)sql");
        auto rows = asked.query(which.session_id, static_cast<std::int64_t>(which.after),
                                limit_of(which.limit));
        while (bytes < which.max_bytes && rows.next()) {
            const std::string data = rows.text(2);
            bytes += data.size();
            found.push_back({.session_id = which.session_id,
                             .sequence_number = static_cast<std::uint64_t>(rows.integer(0)),
                             .type = rows.text(1),
                             .data = read_json(data),
                             .user_id = rows.text(3),
                             .timestamp = milliseconds(rows.integer(4))});
        }
        return found;
    });
}

std::vector<logged_session> sqlite_database::active_sessions(milliseconds since,
                                                             std::size_t limit) {
    return translate_errors([&] {
        std::vector<logged_session> found;
        auto asked = connection_.prepare(R"sql(
            SELECT session_id, created_at, last_activity, coalesce(metadata, 'null') FROM sessions
            WHERE last_activity >= ?1 ORDER BY last_activity DESC LIMIT ?2)sql");
        auto rows = asked.query(since.count(), limit_of(limit));
        while (rows.next())
            found.push_back({.session_id = rows.text(0),
                             .created_at = milliseconds(rows.integer(1)),
                             .last_activity = milliseconds(rows.integer(2)),
                             .metadata = read_json(rows.text(3))});
        return found;
    });
}

usage_totals sqlite_database::usage(const std::string& user_id, const std::string& month) {
    return translate_errors([&] {
        usage_totals found;
        auto asked = connection_.prepare(
            "SELECT counter, total FROM usage_totals WHERE user_id = ?1 AND month = ?2");
        auto rows = asked.query(user_id, month);
        while (rows.next())
            found.emplace(rows.text(0), rows.integer(1));
        return found;
    });
}

std::uint64_t sqlite_database::remove_inactive(milliseconds before, std::size_t limit) {
    static const std::string inactive =
        " WHERE session_id IN (SELECT session_id FROM sessions WHERE last_activity < ?1 "
        "ORDER BY last_activity, session_id LIMIT ?2)";
    return translate_errors([&] {
        sqlite_transaction change(connection_);
        connection_.prepare("DELETE FROM events" + inactive).run(before.count(), limit_of(limit));
        connection_.prepare("DELETE FROM sessions" + inactive).run(before.count(), limit_of(limit));
        const std::uint64_t removed = connection_.changed();
        change.commit();
        return removed;
    });
}

} // namespace sockeye::app
