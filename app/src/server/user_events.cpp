#include "server/user_events.hpp"

#include <optional>
#include <utility>

namespace sockeye::app {

using socketio::field;
using socketio::object;
using socketio::socket;
using socketio::value;

namespace {

struct user_request {
    std::string user;
    static constexpr auto fields() { return std::tuple{field{"userId", &user_request::user}}; }
};

struct token_request {
    std::string token;
    static constexpr auto fields() { return std::tuple{field{"token", &token_request::token}}; }
};

struct user_message {
    std::string user;
    std::optional<std::string> event;
    value data;
    static constexpr auto fields() {
        return std::tuple{field{"userId", &user_message::user},
                          field{"event", &user_message::event}, field{"data", &user_message::data}};
    }
};

std::string user_in(const value& argument) {
    return checked_name(read<user_request>(argument).user, "userId");
}

void add_expiry(object& to, std::optional<milliseconds> expires_at) {
    if (expires_at) to["expiresAt"] = expires_at->count();
}

} // namespace

void user_events::serve(const socket& s) {
    requests_.on(s, "register", [this, s](value argument) -> task<object> {
        const std::string user = user_in(argument);
        users_.register_user(s, user);
        co_return object{{"userId", user}};
    });
    requests_.on(s, "token:refresh", [this, s](value argument) -> task<object> {
        const auto expires_at = users_.refresh(s, read<token_request>(argument).token);
        object answer{{"userId", user_of(s)}};
        add_expiry(answer, expires_at);
        co_return answer;
    });
    requests_.on(s, "whoami", [this, s](value) -> task<object> { co_return who_is(s); });
    requests_.on(s, "user:status", [this](value argument) { return status_of(user_in(argument)); });
    requests_.on(s, "user:message",
                 [this, s](value argument) { return pass_on(s, std::move(argument)); });
}

object user_events::who_is(const socket& s) const {
    object answer{
        {"userId", socketio::to_value(bound_user(s))}, {"socketId", s.id()}, {"node", node_}};
    add_expiry(answer, bound_until(s));
    return answer;
}

task<object> user_events::status_of(std::string user) {
    const bool online = co_await presence_.is_online(user);
    object answer{{"userId", user}, {"online", online}};
    if (const auto newest = co_await presence_.newest_socket(user)) answer["socketId"] = *newest;
    co_return answer;
}

task<object> user_events::pass_on(socket from, value message) {
    auto sent = read<user_message>(message);
    const std::string sender = user_of(from);
    const std::string event = sent.event ? checked_event(*sent.event) : "message";
    users_.emit_to_user(checked_name(sent.user, "userId"), event,
                        object{{"from", sender}, {"data", std::move(sent.data)}});
    const bool online = co_await presence_.is_online(sent.user);
    co_return object{{"delivered", online}};
}

} // namespace sockeye::app
