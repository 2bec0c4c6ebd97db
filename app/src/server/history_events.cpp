#include "server/history_events.hpp"

#include "server/presence_events.hpp"

#include <sockeye/app/sessions.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace sockeye::app {

using socketio::array;
using socketio::field;
using socketio::object;
using socketio::socket;
using socketio::value;

namespace {

constexpr number_rule events_listed{.name = "limit", .least = 1, .most = 1000, .otherwise = 100};

struct session_page {
    std::string session;
    std::optional<std::int64_t> after;
    std::optional<std::int64_t> limit;
    static constexpr auto fields() {
        return std::tuple{field{"sessionId", &session_page::session},
                          field{"after", &session_page::after},
                          field{"limit", &session_page::limit}};
    }
};

struct room_page {
    std::string room;
    std::optional<std::int64_t> after;
    std::optional<std::int64_t> limit;
    static constexpr auto fields() {
        return std::tuple{field{"roomId", &room_page::room}, field{"after", &room_page::after},
                          field{"limit", &room_page::limit}};
    }
};

struct usage_request {
    std::optional<std::string> month;
    static constexpr auto fields() { return std::tuple{field{"month", &usage_request::month}}; }
};

object in_session(const logged_event& from) {
    return {{"seq", from.sequence_number},
            {"type", from.type},
            {"data", from.data},
            {"timestamp", from.timestamp.count()}};
}

object in_room(const logged_event& from) {
    return {{"seq", from.sequence_number},
            {"event", from.type},
            {"from", from.user_id},
            {"data", from.data},
            {"timestamp", from.timestamp.count()}};
}

array listed(const std::vector<logged_event>& events, object (*as)(const logged_event&)) {
    array made;
    for (const logged_event& event : events)
        made.emplace_back(as(event));
    return made;
}

} // namespace

std::string room_log_name(const std::string& room) {
    return checked_name("room:" + room, "'room:' and the name of a room that is kept");
}

const std::string& checked_month(const std::string& month) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto of = [&](std::size_t begin, std::size_t end) {
        return std::all_of(month.begin() + begin, month.begin() + end, is_digit);
    };
    if (month.size() != 7 || month[4] != '-' || !of(0, 4) || !of(5, 7))
        throw service_error("BAD_REQUEST", "'month' must be a month such as 2026-01");
    return month;
}

void history_events::serve(const socket& s) {
    requests_.on(s, "session:history",
                 [this](value argument) { return of_session(std::move(argument)); });
    requests_.on(s, "room:history",
                 [this, s](value argument) { return of_room(s, std::move(argument)); });
    requests_.on(s, "usage:get",
                 [this, s](value argument) { return usage_of(user_of(s), std::move(argument)); });
}

// Whoever knows the session's id may join it, and so may read it.
task<object> history_events::of_session(value argument) {
    const auto wanted = read<session_page>(argument);
    std::string name = session_log_name(checked_name(wanted.session, "sessionId"));
    const auto events =
        co_await log_.events(std::move(name), checked_number(read_after, wanted.after),
                             checked_number(events_listed, wanted.limit));
    co_return object{{"sessionId", wanted.session}, {"events", listed(events, in_session)}};
}

task<object> history_events::of_room(socket s, value argument) {
    const auto wanted = read<room_page>(argument);
    user_of(s);
    if (!is_in_room(s, checked_name(wanted.room, "roomId")))
        throw service_error("FORBIDDEN", "only those in the room may read it; join it first");
    const auto events =
        co_await log_.events(room_log_name(wanted.room), checked_number(read_after, wanted.after),
                             checked_number(events_listed, wanted.limit));
    co_return object{{"roomId", wanted.room}, {"events", listed(events, in_room)}};
}

task<object> history_events::usage_of(std::string user, value argument) {
    usage_request wanted;
    if (!argument.is_null()) wanted = read<usage_request>(argument);
    const std::string month = wanted.month ? checked_month(*wanted.month) : month_of(now_());
    const usage_totals totals = co_await log_.usage(user, month);
    co_return object{{"userId", user}, {"month", month}, {"totals", socketio::to_value(totals)}};
}

bool history_events::keeps(std::string_view room) const {
    return std::ranges::any_of(kept_rooms_, [room](std::string_view pattern) {
        if (!pattern.ends_with('*')) return room == pattern;
        pattern.remove_suffix(1);
        return room.starts_with(pattern);
    });
}

task<logged_event> history_events::keep(std::string room, std::string user, std::string event,
                                        value data) {
    new_event said{.session_id = room_log_name(room),
                   .type = std::move(event),
                   .data = std::move(data),
                   .user_id = std::move(user)};
    co_return co_await log_.append(std::move(said));
}

} // namespace sockeye::app
