#include "event_log/postgres_database.hpp"

#include "event_log/postgres_batch.hpp"
#include "event_log/postgres_schema.hpp"

namespace sockeye::app {

namespace {

bool is_refusal(const std::string& code) {
    return code.starts_with("22") || code.starts_with("54"); // bad data, too much of it
}

// Another was in the way: a serialization failure, a deadlock, or a number that somebody has taken
// without waiting for the session's row.
bool is_collision(const std::string& code) {
    return code.starts_with("40") || code == "23505";
}

std::string number(auto n) {
    return std::to_string(n);
}

} // namespace

postgres_database::postgres_database(std::string url, milliseconds timeout, std::string writer_id)
    : url_(std::move(url)), timeout_(timeout), writer_id_(std::move(writer_id)) {}

// A connection on which something went wrong is given up, whatever it was: the next one finds the
// server that is in charge by then.
template<class Work>
auto postgres_database::connected(Work work) {
    try {
        if (!connection_) {
            auto made = std::make_unique<postgres_connection>(url_, timeout_);
            migrate(*made);
            connection_ = std::move(made);
        }
        return work(*connection_);
    } catch (const postgres_error& error) {
        if (is_refusal(error.code)) throw write_refused(error.what());
        connection_.reset();
        throw database_away(std::string("PostgreSQL is away: ") + error.what());
    }
}

void postgres_database::check() {
    connected([](postgres_connection& on) {
        on.run("DELETE FROM event_log_writers WHERE last_seen < now() - interval '1 day'");
    });
}

void postgres_database::apply(std::uint64_t batch_number, const batch_plan& plan) {
    constexpr int attempts = 10;
    connected([&](postgres_connection& to) {
        for (int attempt = 1;; ++attempt) {
            try {
                return apply_once(to, batch_number, plan);
            } catch (const postgres_error& error) {
                if (!is_collision(error.code) || attempt == attempts) throw;
            }
        }
    });
}

void postgres_database::apply_once(postgres_connection& to, std::uint64_t batch_number,
                                   const batch_plan& plan) {
    postgres_transaction change(to);
    if (!claim_batch(to, writer_id_, batch_number)) return;
    touch_sessions(to, plan);
    insert_events(to, plan);
    add_usage(to, plan);
    change.commit();
}

std::vector<logged_event> postgres_database::events(const page& which) {
    return connected([&](postgres_connection& on) {
        const auto rows = on.run(
            R"sql(
            WITH page AS (
                SELECT sequence_number, event_type, event_data::text AS data, user_id,
                       round(extract(epoch FROM timestamp) * 1000)::bigint AS at
                FROM events WHERE session_id = $1 AND sequence_number > $2::bigint
                ORDER BY sequence_number LIMIT $3::bigint),
            measured AS (
                SELECT *, sum(octet_length(data)) OVER (ORDER BY sequence_number)
                          - octet_length(data) AS bytes_before
                FROM page)
            SELECT sequence_number, event_type, data, user_id, at FROM measured
            WHERE bytes_before < $4::bigint ORDER BY sequence_number)sql",
            {which.session_id, number(which.after), number(which.limit), number(which.max_bytes)});
        std::vector<logged_event> found;
        for (int row = 0; row < rows.size(); ++row)
            found.push_back({.session_id = which.session_id,
                             .sequence_number = static_cast<std::uint64_t>(rows.integer(row, 0)),
                             .type = rows.text(row, 1),
                             .data = read_json(rows.text(row, 2)),
                             .user_id = rows.text(row, 3),
                             .timestamp = milliseconds(rows.integer(row, 4))});
        return found;
    });
}

std::vector<logged_session> postgres_database::active_sessions(milliseconds since,
                                                               std::size_t limit) {
    return connected([&](postgres_connection& on) {
        const auto rows = on.run(R"sql(
            SELECT session_id, round(extract(epoch FROM created_at) * 1000)::bigint,
                   round(extract(epoch FROM last_activity) * 1000)::bigint,
                   coalesce(metadata::text, 'null')
            FROM sessions WHERE last_activity >= to_timestamp($1::bigint / 1000.0)
            ORDER BY last_activity DESC LIMIT $2::bigint)sql",
                                 {number(since.count()), number(limit)});
        std::vector<logged_session> found;
        for (int row = 0; row < rows.size(); ++row)
            found.push_back({.session_id = rows.text(row, 0),
                             .created_at = milliseconds(rows.integer(row, 1)),
                             .last_activity = milliseconds(rows.integer(row, 2)),
                             .metadata = read_json(rows.text(row, 3))});
        return found;
    });
}

usage_totals postgres_database::usage(const std::string& user_id, const std::string& month) {
    return connected([&](postgres_connection& on) {
        const auto rows =
            on.run("SELECT counter, total FROM usage_totals WHERE user_id = $1 AND month = $2",
                   {user_id, month});
        usage_totals found;
        for (int row = 0; row < rows.size(); ++row)
            found.emplace(rows.text(row, 0), rows.integer(row, 1));
        return found;
    });
}

// Sessions that somebody is appending to right now are locked, and left alone.
std::uint64_t postgres_database::remove_inactive(milliseconds before, std::size_t limit) {
    return connected([&](postgres_connection& on) {
        const auto gone = on.run(R"sql(
            WITH removed AS (
                DELETE FROM sessions WHERE session_id IN (
                    SELECT session_id FROM sessions
                    WHERE last_activity < to_timestamp($1::bigint / 1000.0)
                    ORDER BY last_activity LIMIT $2::bigint FOR UPDATE SKIP LOCKED)
                RETURNING session_id),
            emptied AS (
                DELETE FROM events USING removed WHERE events.session_id = removed.session_id)
            SELECT count(*) FROM removed)sql",
                                 {number(before.count()), number(limit)});
        return static_cast<std::uint64_t>(gone.integer(0, 0));
    });
}

} // namespace sockeye::app
