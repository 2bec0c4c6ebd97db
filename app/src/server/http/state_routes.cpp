#include "server/http/realtime_routes.hpp"
#include "server/presence_events.hpp"
#include "server/room_events.hpp"
#include "server/session_events.hpp"

namespace sockeye::app {

using socketio::object;
using socketio::value;

namespace {

std::vector<api_field> presence_answer() {
    auto all = answer_with({{"userId", api_kind::text}, {"online", api_kind::boolean}});
    all.push_back({.name = "socketId", .meaning = "the newest; none where the user is offline"});
    return all;
}

} // namespace

void add_presence_routes(api_router& api, presence& service) {
    api.add({.method = "GET",
             .path = "/api/presence",
             .summary = "Lists the users who are online",
             .answer = answer_with({{"users", api_kind::texts}, {"count", api_kind::integer}}),
             .handle = [&service](api_call) -> task<object> {
                 object answer = to_object(co_await service.everyone());
                 answer["ok"] = true;
                 co_return answer;
             }});
    api.add({.method = "GET",
             .path = "/api/presence/rooms/{roomId}",
             .summary = "Lists the users in a room",
             .answer = answer_with({{"users", api_kind::texts}, {"count", api_kind::integer}}),
             .handle = [&service](api_call call) -> task<object> {
                 const std::string room = checked_name(call.path["roomId"], "roomId");
                 object answer = to_object(co_await service.in_room(room));
                 answer["ok"] = true;
                 co_return answer;
             }});
    api.add({.method = "GET",
             .path = "/api/presence/users/{userId}",
             .summary = "Says whether a user is online",
             .answer = presence_answer(),
             .handle = [&service](api_call call) -> task<object> {
                 const std::string user = checked_name(call.path["userId"], "userId");
                 const bool online = co_await service.is_online(user);
                 const auto socket = co_await service.newest_socket(user);
                 object answer{{"ok", true}, {"userId", user}, {"online", online}};
                 if (socket) answer["socketId"] = *socket;
                 co_return answer;
             }});
}

void add_room_routes(api_router& api, rooms& service) {
    api.add({.method = "GET",
             .path = "/api/rooms",
             .summary = "Lists rooms, those that changed last first",
             .query = {{.name = "limit", .kind = api_kind::integer}},
             .answer = answer_with({{"rooms", api_kind::objects}, {"count", api_kind::integer}}),
             .handle = [&service](api_call call) -> task<object> {
                 const auto found = co_await service.list(number_in(call.query, rooms_listed));
                 const auto stats = co_await service.stats();
                 co_return object{
                     {"ok", true}, {"rooms", socketio::to_value(found)}, {"count", stats.rooms}};
             }});
    api.add({.method = "GET",
             .path = "/api/rooms/{roomId}",
             .summary = "Shows a room and who takes part",
             .answer = answer_with({{"room", api_kind::members}}),
             .handle = [&service](api_call call) -> task<object> {
                 const std::string room = checked_name(call.path["roomId"], "roomId");
                 object found = co_await service.get(room);
                 co_return object{{"ok", true}, {"room", std::move(found)}};
             }});
}

void add_session_routes(api_router& api, sessions& service) {
    api.add({.method = "GET",
             .path = "/api/sessions/{sessionId}",
             .summary = "Shows a session that can be joined",
             .answer = answer_with({{"session", api_kind::members}}),
             .handle = [&service](api_call call) -> task<object> {
                 const std::string id = checked_name(call.path["sessionId"], "sessionId");
                 const auto session = co_await service.get_session(id);
                 co_return object{{"ok", true}, {"session", to_object(session)}};
             }});
    api.add({.method = "GET",
             .path = "/api/session-codes/{code}",
             .summary = "Shows the session that a join code leads to",
             .answer = answer_with({{"session", api_kind::members}}),
             .handle = [&service](api_call call) -> task<object> {
                 std::string code = checked_name(call.path["code"], "code");
                 const auto session = co_await service.get_session_by_code(std::move(code));
                 co_return object{{"ok", true}, {"session", to_object(session)}};
             }});
}

} // namespace sockeye::app
