#include "server/history_events.hpp"
#include "server/http/realtime_routes.hpp"
#include "server/requests.hpp"

#include <utility>

namespace sockeye::app {

using socketio::array;
using socketio::object;
using socketio::value;

namespace {

constexpr std::size_t max_transcript_bytes = 4 * 1024 * 1024; // of one answer

const std::vector<api_field> page_fields = {
    {.name = "after", .kind = api_kind::integer, .meaning = "the last number that is there"},
    {.name = "limit", .kind = api_kind::integer, .meaning = "1 to 1000, by default"},
};

constexpr number_rule events_listed{.name = "limit", .least = 1, .most = 1000, .otherwise = 1000};
constexpr number_rule active_since{.name = "since"};
constexpr number_rule usage_amount{.name = "amount", .most = max_usage_amount, .otherwise = 1};

object to_object(const logged_event& from) {
    return {{"sequence_number", from.sequence_number},
            {"event_type", from.type},
            {"event_data", from.data},
            {"user_id", from.user_id.empty() ? value() : value(from.user_id)},
            {"timestamp", from.timestamp.count()}};
}

object to_object(const logged_session& from) {
    return {{"session_id", from.session_id},
            {"created_at", from.created_at.count()},
            {"last_activity", from.last_activity.count()},
            {"metadata", from.metadata}};
}

template<class Item>
array listed(const std::vector<Item>& items) {
    array made;
    for (const Item& item : items)
        made.emplace_back(to_object(item));
    return made;
}

/// Where more follows, a header says where.
task<engineio::http_response> transcript(event_log& log, std::string name, api_call call) {
    engineio::http_response made{.headers = {{"Content-Type", "application/x-ndjson"}}};
    const std::function<void(std::string_view)> write = [&made](std::string_view lines) {
        made.body += lines;
    };
    const std::uint64_t after = number_in(call.query, read_after);
    const written_transcript written =
        co_await export_transcript(log, std::move(name), write, after, max_transcript_bytes);
    if (!written.complete)
        made.headers.emplace_back("Link",
                                  "<?after=" + std::to_string(written.last) + ">; rel=\"next\"");
    co_return made;
}

api_route transcript_of(event_log& log, const std::string& path, const std::string& whose,
                        std::function<std::string(api_call&)> name) {
    return {.method = "GET",
            .path = path,
            .summary = "What was logged of " + whose +
                       ", one JSON object a line; where more "
                       "follows, a Link header says where",
            .query = {page_fields.front()},
            .media_type = "application/x-ndjson",
            .respond = [&log, name](api_call call) -> task<engineio::http_response> {
                std::string in_log = name(call);
                return transcript(log, std::move(in_log), std::move(call));
            }};
}

void add_transcripts(api_router& api, event_log& log) {
    api.add(transcript_of(
        log, "/api/sessions/{sessionId}/transcript", "a session with history", [](api_call& call) {
            return session_log_name(checked_name(call.path["sessionId"], "sessionId"));
        }));
    api.add(transcript_of(
        log, "/api/rooms/{roomId}/transcript", "a room with history",
        [](api_call& call) { return room_log_name(checked_name(call.path["roomId"], "roomId")); }));
    api.add(
        transcript_of(log, "/api/events/{logId}/transcript", "anything that has a log",
                      [](api_call& call) { return checked_name(call.path["logId"], "logId"); }));
}

task<object> append(event_log& log, api_call call) {
    new_event said{.session_id = checked_name(call.path["logId"], "logId"),
                   .type = checked_name(call.body.find("type")->as_string(), "type")};
    if (const value* data = call.body.find("data")) said.data = *data;
    if (const value* user = call.body.find("userId"))
        said.user_id = checked_name(user->as_string(), "userId");
    const logged_event logged = co_await log.append(std::move(said));
    co_return object{{"ok", true}, {"event", to_object(logged)}};
}

void add_events(api_router& api, event_log& log) {
    api.add({.method = "GET",
             .path = "/api/events",
             .summary = "Lists what has been logged, the latest first",
             .query = {{.name = "since",
                        .kind = api_kind::integer,
                        .meaning = "milliseconds since the epoch"}},
             .answer = answer_with({{"sessions", api_kind::objects}}),
             .handle = [&log](api_call call) -> task<object> {
                 const milliseconds since(number_in(call.query, active_since));
                 const auto sessions = co_await log.active_sessions(since);
                 co_return object{{"ok", true}, {"sessions", listed(sessions)}};
             }});
    api.add({.method = "GET",
             .path = "/api/events/{logId}",
             .summary = "Lists events of a log in order; the last page is empty",
             .query = page_fields,
             .answer = answer_with({{"events", api_kind::objects}}),
             .handle = [&log](api_call call) -> task<object> {
                 std::string name = checked_name(call.path["logId"], "logId");
                 const auto events =
                     co_await log.events(std::move(name), number_in(call.query, read_after),
                                         number_in(call.query, events_listed));
                 co_return object{{"ok", true}, {"events", listed(events)}};
             }});
    api.add({.method = "POST",
             .path = "/api/events/{logId}",
             .summary = "Appends an event to a log: answered once it is on disk",
             .body = {{.name = "type", .required = true},
                      {.name = "data", .kind = api_kind::anything},
                      {.name = "userId"}},
             .answer = answer_with({{"event", api_kind::members}}),
             .handle = [&log](api_call call) { return append(log, std::move(call)); }});
}

void add_usage(api_router& api, event_log& log, const std::function<milliseconds()>& now) {
    api.add({.method = "GET",
             .path = "/api/usage/{userId}",
             .summary = "Shows what a user has used in a month",
             .query = {{.name = "month", .meaning = "such as 2026-01; this one, by default"}},
             .answer = answer_with({{"userId", api_kind::text},
                                    {"month", api_kind::text},
                                    {"totals", api_kind::members}}),
             .handle = [&log, now](api_call call) -> task<object> {
                 const std::string user = checked_name(call.path["userId"], "userId");
                 const value* given = call.query.find("month");
                 const std::string month =
                     given ? checked_month(given->as_string()) : month_of(now());
                 const usage_totals totals = co_await log.usage(user, month);
                 co_return object{{"ok", true},
                                  {"userId", user},
                                  {"month", month},
                                  {"totals", socketio::to_value(totals)}};
             }});
    api.add({.method = "POST",
             .path = "/api/usage/{userId}",
             .summary = "Adds to what a user has used in this month",
             .body = {{.name = "counter", .required = true},
                      {.name = "amount",
                       .kind = api_kind::integer,
                       .meaning = "0 to 1000000000000; 1, by default"}},
             .answer = answer_with({{"userId", api_kind::text},
                                    {"counter", api_kind::text},
                                    {"total", api_kind::integer}}),
             .handle = [&log](api_call call) -> task<object> {
                 const std::string user = checked_name(call.path["userId"], "userId");
                 const std::string counter =
                     checked_name(call.body.find("counter")->as_string(), "counter");
                 const auto amount = number_in(call.body, usage_amount);
                 const auto total =
                     co_await log.add_usage(user, counter, static_cast<std::int64_t>(amount));
                 co_return object{
                     {"ok", true}, {"userId", user}, {"counter", counter}, {"total", total}};
             }});
}

} // namespace

void add_event_log_routes(api_router& api, event_log& log,
                          const std::function<milliseconds()>& now) {
    add_events(api, log);
    add_transcripts(api, log);
    add_usage(api, log, now);
}

} // namespace sockeye::app
