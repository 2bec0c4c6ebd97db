#include "event_log/postgres_batch.hpp"

#include "event_log/postgres_array.hpp"

namespace sockeye::app {

namespace {

std::string ids_of(const batch_plan& plan) {
    postgres_array ids;
    for (const auto& [session_id, part] : plan.sessions)
        if (!part.events.empty()) ids.add(session_id);
    return ids.take();
}

// The answers come in the order of the array, which is the plan's.
void number_events(postgres_connection& in, const batch_plan& plan) {
    const auto last = in.run(R"sql(
        SELECT coalesce((SELECT max(sequence_number) FROM events WHERE session_id = id), 0)
        FROM unnest($1::text[]) WITH ORDINALITY AS asked (id, place) ORDER BY place)sql",
                             {ids_of(plan)});
    int row = 0;
    for (const auto& [session_id, part] : plan.sessions)
        if (!part.events.empty())
            part.number_after(static_cast<std::uint64_t>(last.integer(row++, 0)));
}

bool has_events(const batch_plan& plan) {
    for (const auto& [session_id, part] : plan.sessions)
        if (!part.events.empty()) return true;
    return false;
}

} // namespace

bool claim_batch(postgres_connection& in, const std::string& writer_id,
                 std::uint64_t batch_number) {
    const auto claimed = in.run(R"sql(
        INSERT INTO event_log_writers (writer_id, last_batch) VALUES ($1, $2::bigint)
        ON CONFLICT (writer_id) DO UPDATE
        SET last_batch = excluded.last_batch, last_seen = excluded.last_seen
        WHERE event_log_writers.last_batch < excluded.last_batch)sql",
                                {writer_id, std::to_string(batch_number)});
    return claimed.changed() == 1;
}

void touch_sessions(postgres_connection& in, const batch_plan& plan) {
    if (plan.sessions.empty()) return;
    postgres_array ids;
    postgres_array times;
    postgres_array metadata;
    for (const auto& [session_id, part] : plan.sessions) {
        ids.add(session_id);
        times.add(part.last_activity.count());
        if (part.metadata)
            metadata.add(*part.metadata);
        else
            metadata.add_null();
    }
    in.run(R"sql(
        INSERT INTO sessions (session_id, created_at, last_activity, metadata)
        SELECT id, to_timestamp(at / 1000.0), to_timestamp(at / 1000.0), more::json
        FROM unnest($1::text[], $2::bigint[], $3::text[]) AS touched (id, at, more)
        ON CONFLICT (session_id) DO UPDATE
        SET last_activity = greatest(sessions.last_activity, excluded.last_activity),
            metadata = coalesce(excluded.metadata, sessions.metadata))sql",
           {ids.take(), times.take(), metadata.take()});
}

void insert_events(postgres_connection& in, const batch_plan& plan) {
    if (!has_events(plan)) return;
    number_events(in, plan);
    postgres_array ids, numbers, types, data, users, times;
    for (const auto& [session_id, part] : plan.sessions) {
        for (const event_row* event : part.events) {
            ids.add(session_id);
            numbers.add(static_cast<std::int64_t>(event->sequence_number));
            types.add(event->type);
            data.add(event->data);
            users.add(event->user_id);
            times.add(event->timestamp.count());
        }
    }
    in.run(R"sql(
        INSERT INTO events
            (session_id, sequence_number, event_type, event_data, user_id, timestamp)
        SELECT id, number, type, data::json, nullif(by, ''), to_timestamp(at / 1000.0)
        FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[])
            AS appended (id, number, type, data, by, at))sql",
           {ids.take(), numbers.take(), types.take(), data.take(), users.take(), times.take()});
}

void add_usage(postgres_connection& in, const batch_plan& plan) {
    if (plan.usage.empty()) return;
    postgres_array users, months, counters, amounts;
    for (const auto& [key, part] : plan.usage) {
        users.add(key.user_id);
        months.add(key.month);
        counters.add(key.counter);
        amounts.add(part.amount);
    }
    const auto totals = in.run(R"sql(
        INSERT INTO usage_totals (user_id, month, counter, total)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
        ON CONFLICT (user_id, month, counter) DO UPDATE
        SET total = usage_totals.total + excluded.total
        RETURNING user_id, month, counter, total)sql",
                               {users.take(), months.take(), counters.take(), amounts.take()});
    for (int row = 0; row < totals.size(); ++row) {
        const std::string user_id = totals.text(row, 0);
        const std::string month = totals.text(row, 1);
        const std::string counter = totals.text(row, 2);
        plan.usage.at({user_id, month, counter}).end_at(totals.integer(row, 3));
    }
}

} // namespace sockeye::app
