#include "server/http/realtime_routes.hpp"

#include "codec/event_names.hpp"
#include "server/presence_events.hpp"
#include "server/requests.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace sockeye::app {

using socketio::array;
using socketio::object;
using socketio::value;

namespace {

constexpr std::size_t max_batch = 1000;
constexpr std::size_t max_sockets_listed = 1000;
constexpr milliseconds max_ask_time = seconds(30);

const std::vector<api_field> target_fields = {
    {.name = "room", .meaning = "a room: those who joined its presence"},
    {.name = "user", .meaning = "all sockets of a user"},
    {.name = "socket", .meaning = "one socket, by its id"},
    {.name = "everyone", .kind = api_kind::boolean, .meaning = "true: everybody"},
};

std::vector<api_field> with_target(std::vector<api_field> fields) {
    fields.insert(fields.end(), target_fields.begin(), target_fields.end());
    return fields;
}

const std::vector<api_field> message_fields = with_target({
    {.name = "event", .required = true, .meaning = "what clients listen for"},
    {.name = "data", .kind = api_kind::anything, .meaning = "its one argument"},
    {.name = "except", .meaning = "a user who is left out"},
});

std::optional<std::string> text_of(const object& members, std::string_view name) {
    const value* found = members.find(name);
    return found ? std::optional(found->as_string()) : std::nullopt;
}

// Exactly one member says whom.
socketio::broadcast_operator target_of(const object& members, socketio::server& io) {
    const auto room = text_of(members, "room");
    const auto user = text_of(members, "user");
    const auto socket = text_of(members, "socket");
    const value* everyone = members.find("everyone");
    const bool all = everyone && everyone->as_bool();
    if (room.has_value() + user.has_value() + socket.has_value() + all != 1)
        throw service_error("BAD_REQUEST",
                            "say whom: exactly one of 'room', 'user', 'socket', 'everyone': true");
    if (room) return io.to(room_channel(checked_name(*room, "room")));
    if (user) return io.to("user:" + checked_name(*user, "user"));
    if (socket) return io.to(checked_name(*socket, "socket"));
    return io.everyone();
}

std::string event_in(const object& message) {
    std::string event = text_of(message, "event").value_or("");
    checked_name(event, "event");
    if (socketio::is_reserved_event(event))
        throw service_error("BAD_REQUEST", "'" + event + "' is an event of the connection's own");
    return event;
}

value data_in(const object& message) {
    const value* data = message.find("data");
    return data ? *data : value();
}

std::function<void()> prepare_publication(const object& message, socketio::server& io) {
    auto to = target_of(message, io);
    if (const auto except = text_of(message, "except")) to = to.except("user:" + *except);
    return [to, event = event_in(message), data = data_in(message)] { to.emit(event, data); };
}

// All are checked before the first is sent.
object publish_batch(const array& messages, socketio::server& io) {
    if (messages.size() > max_batch)
        throw service_error("BAD_REQUEST",
                            "'messages' may be at most " + std::to_string(max_batch));
    std::vector<std::function<void()>> publications;
    for (const value& message : messages) {
        const object& members = message.as_object();
        check_members(message_fields, members);
        publications.push_back(prepare_publication(members, io));
    }
    for (const auto& publication : publications)
        publication();
    return {{"ok", true}, {"published", publications.size()}};
}

// Those that answered in time, and whether all did.
task<object> ask(socketio::broadcast_operator whom, std::string event, value data) {
    array answers;
    bool complete = true;
    try {
        answers = co_await whom.emit_with_ack(event, data);
    } catch (const socketio::operation_error& late) {
        answers = late.responses;
        complete = false;
    }
    co_return object{{"ok", true}, {"answers", std::move(answers)}, {"complete", complete}};
}

milliseconds time_in(const object& body) {
    const value* given = body.find("timeoutMs");
    const milliseconds time(given ? given->as_int64() : 5000);
    if (time.count() < 1 || time > max_ask_time)
        throw service_error("BAD_REQUEST",
                            "'timeoutMs' must be 1 to " + std::to_string(max_ask_time.count()));
    return time;
}

object to_object(const socketio::remote_socket& s) {
    const value* user = s.data().find("userId");
    return {{"socketId", s.id()},
            {"userId", user ? *user : value()},
            {"rooms", socketio::to_value(s.rooms())}};
}

task<object> list_sockets(socketio::broadcast_operator whom) {
    const auto found = co_await whom.fetch_sockets();
    array listed;
    for (std::size_t i = 0; i < std::min(found.size(), max_sockets_listed); ++i)
        listed.push_back(to_object(found[i]));
    co_return object{{"ok", true}, {"sockets", std::move(listed)}, {"count", found.size()}};
}

socketio::room_names rooms_in(const object& body) {
    std::vector<std::string> channels;
    for (const value& room : body.find("rooms")->as_array())
        channels.push_back(room_channel(checked_name(room.as_string(), "a room")));
    return channels;
}

void add_publishing(api_router& api, socketio::server& io) {
    api.add({.method = "POST",
             .path = "/api/publish",
             .summary = "Sends an event to a room, a user, a socket or everyone",
             .body = message_fields,
             .answer = answer_with({{"published", api_kind::integer}}),
             .handle = [&io](api_call call) -> task<object> {
                 prepare_publication(call.body, io)();
                 co_return object{{"ok", true}, {"published", 1}};
             }});
    api.add({.method = "POST",
             .path = "/api/publish/batch",
             .summary = "Sends many events; none, if one of them is wrong",
             .body = {{.name = "messages",
                       .kind = api_kind::objects,
                       .required = true,
                       .meaning = "each as for /api/publish"}},
             .answer = answer_with({{"published", api_kind::integer}}),
             .handle = [&io](api_call call) -> task<object> {
                 co_return publish_batch(call.body.find("messages")->as_array(), io);
             }});
    api.add(
        {.method = "POST",
         .path = "/api/ask",
         .summary = "Sends an event whose receivers acknowledge, and collects their answers",
         .body = with_target({{.name = "event", .required = true},
                              {.name = "data", .kind = api_kind::anything},
                              {.name = "timeoutMs", .kind = api_kind::integer}}),
         .answer = answer_with({{"answers", api_kind::anything}, {"complete", api_kind::boolean}}),
         .handle = [&io](api_call call) {
             return ask(target_of(call.body, io).timeout(time_in(call.body)), event_in(call.body),
                        data_in(call.body));
         }});
}

void add_socket_operations(api_router& api, socketio::server& io) {
    api.add({.method = "GET",
             .path = "/api/sockets",
             .summary = "Lists connected sockets, in the whole cluster",
             .query = target_fields,
             .answer = answer_with({{"sockets", api_kind::objects}, {"count", api_kind::integer}}),
             .handle = [&io](api_call call) {
                 if (call.query.empty()) call.query["everyone"] = true;
                 return list_sockets(target_of(call.query, io));
             }});
    api.add({.method = "POST",
             .path = "/api/sockets/disconnect",
             .summary = "Ends connections",
             .body = target_fields,
             .handle = [&io](api_call call) -> task<object> {
                 target_of(call.body, io).disconnect_sockets(true);
                 co_return object{{"ok", true}};
             }});
    const auto rooms_of_some =
        with_target({{.name = "rooms", .kind = api_kind::texts, .required = true}});
    api.add({.method = "POST",
             .path = "/api/sockets/join",
             .summary = "Lets sockets hear rooms, without being present in them",
             .body = rooms_of_some,
             .handle = [&io](api_call call) -> task<object> {
                 target_of(call.body, io).sockets_join(rooms_in(call.body));
                 co_return object{{"ok", true}};
             }});
    api.add({.method = "POST",
             .path = "/api/sockets/leave",
             .summary = "Lets sockets hear rooms no longer",
             .body = rooms_of_some,
             .handle = [&io](api_call call) -> task<object> {
                 target_of(call.body, io).sockets_leave(rooms_in(call.body));
                 co_return object{{"ok", true}};
             }});
}

} // namespace

void add_realtime_routes(api_router& api, socketio::server& io) {
    add_publishing(api, io);
    add_socket_operations(api, io);
}

} // namespace sockeye::app
