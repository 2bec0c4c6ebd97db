#include "event_log/sqlite_schema.hpp"

#include "event_log/migrations.hpp"
#include "event_log/sqlite_connection.hpp"

namespace sockeye::app {

namespace {

// Times are milliseconds since the epoch.
constexpr const char* steps[] = {
    R"sql(
CREATE TABLE sessions (
    session_id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    last_activity INTEGER NOT NULL,
    metadata TEXT
);
CREATE INDEX sessions_by_activity ON sessions (last_activity);

CREATE TABLE events (
    session_id TEXT NOT NULL,
    sequence_number INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    event_data TEXT NOT NULL,
    user_id TEXT,
    timestamp INTEGER NOT NULL,
    PRIMARY KEY (session_id, sequence_number)
);

-- The same events without numbers: for programs that log without caring for them.
CREATE VIEW session_events AS
    SELECT session_id, event_type, event_data, timestamp FROM events;
CREATE TRIGGER append_session_event INSTEAD OF INSERT ON session_events
BEGIN
    INSERT INTO sessions (session_id, created_at, last_activity)
        VALUES (NEW.session_id, NEW.timestamp, NEW.timestamp)
        ON CONFLICT (session_id) DO UPDATE
        SET last_activity = max(last_activity, excluded.last_activity);
    INSERT INTO events (session_id, sequence_number, event_type, event_data, timestamp)
        SELECT NEW.session_id, coalesce(max(sequence_number), 0) + 1, NEW.event_type,
               NEW.event_data, NEW.timestamp
        FROM events WHERE session_id = NEW.session_id;
END;

CREATE TABLE usage_totals (
    user_id TEXT NOT NULL,
    month TEXT NOT NULL,
    counter TEXT NOT NULL,
    total INTEGER NOT NULL CHECK (typeof(total) = 'integer'),
    PRIMARY KEY (user_id, month, counter)
) WITHOUT ROWID;
)sql",
};

std::size_t version_of(sqlite_connection& database) {
    database.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)");
    auto asked = database.prepare("SELECT coalesce(max(version), 0) FROM schema_version");
    auto rows = asked.query();
    rows.next();
    return static_cast<std::size_t>(rows.integer(0));
}

} // namespace

void migrate(sqlite_connection& database) {
    sqlite_transaction change(database);
    std::size_t version = version_of(database);
    for (const char* step : missing(steps, version)) {
        database.run(step);
        auto note = database.prepare("INSERT INTO schema_version (version) VALUES (?1)");
        note.run(static_cast<std::int64_t>(++version));
    }
    change.commit();
}

} // namespace sockeye::app
