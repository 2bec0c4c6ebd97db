#include "event_log/postgres_schema.hpp"

#include "event_log/migrations.hpp"
#include "event_log/postgres_connection.hpp"

namespace sockeye::app {

namespace {

// JSON as it was written, not JSONB: that keeps neither the order of members nor every string.
constexpr const char* steps[] = {
    R"sql(
CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_activity TIMESTAMPTZ NOT NULL DEFAULT now(),
    metadata JSON
);
CREATE INDEX sessions_by_activity ON sessions (last_activity);

CREATE TABLE events (
    session_id TEXT NOT NULL,
    sequence_number BIGINT NOT NULL,
    event_type TEXT NOT NULL,
    event_data JSON NOT NULL,
    user_id TEXT,
    timestamp TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, sequence_number)
);

-- The same events without numbers: for programs that log without caring for them.
CREATE VIEW session_events AS
    SELECT session_id, event_type, event_data, timestamp FROM events;
-- The session's row is what all who append to the session wait for; the numbers are looked at
-- afterwards.
CREATE FUNCTION append_session_event() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    NEW.timestamp := coalesce(NEW.timestamp, now());
    INSERT INTO sessions (session_id, created_at, last_activity)
        VALUES (NEW.session_id, NEW.timestamp, NEW.timestamp)
        ON CONFLICT (session_id) DO UPDATE
        SET last_activity = greatest(sessions.last_activity, excluded.last_activity);
    INSERT INTO events (session_id, sequence_number, event_type, event_data, timestamp)
        SELECT NEW.session_id, coalesce(max(sequence_number), 0) + 1, NEW.event_type,
               NEW.event_data, NEW.timestamp
        FROM events WHERE session_id = NEW.session_id;
    RETURN NEW;
END
$function$;
CREATE TRIGGER append_session_event INSTEAD OF INSERT ON session_events
    FOR EACH ROW EXECUTE FUNCTION append_session_event();

CREATE TABLE usage_totals (
    user_id TEXT NOT NULL,
    month TEXT NOT NULL,
    counter TEXT NOT NULL,
    total BIGINT NOT NULL,
    PRIMARY KEY (user_id, month, counter)
);

-- The last batch that each instance has committed: tells whether one whose answer was lost has been.
CREATE TABLE event_log_writers (
    writer_id TEXT PRIMARY KEY,
    last_batch BIGINT NOT NULL,
    last_seen TIMESTAMPTZ NOT NULL DEFAULT now()
);
)sql",
};

std::size_t version_of(postgres_connection& database) {
    const bool made = !database.run("SELECT to_regclass('schema_version')").text(0, 0).empty();
    if (!made) return 0;
    const auto asked = database.run("SELECT coalesce(max(version), 0) FROM schema_version");
    return static_cast<std::size_t>(asked.integer(0, 0));
}

} // namespace

void migrate(postgres_connection& database) {
    if (missing(steps, version_of(database)).empty()) return;
    postgres_transaction change(database);
    database.run("SELECT pg_advisory_xact_lock(hashtext('sockeye event log'))");
    database.run_all("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)");
    std::size_t version = version_of(database); // another may have been quicker
    for (const char* step : missing(steps, version)) {
        database.run_all(step);
        database.run("INSERT INTO schema_version (version) VALUES ($1::integer)",
                     {std::to_string(++version)});
    }
    change.commit();
}

} // namespace sockeye::app
