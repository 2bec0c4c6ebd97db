#include "server/session_events.hpp"

#include <sockeye/app/users.hpp>

#include <optional>
#include <utility>

namespace sockeye::app {

using socketio::field;
using socketio::object;
using socketio::socket;
using socketio::value;

namespace {

struct session_request {
    std::string id;
    static constexpr auto fields() { return std::tuple{field{"sessionId", &session_request::id}}; }
};

struct publication {
    std::string id;
    std::string type;
    value data;
    static constexpr auto fields() {
        return std::tuple{field{"sessionId", &publication::id}, field{"type", &publication::type},
                          field{"data", &publication::data}};
    }
};

struct join_request {
    std::optional<std::string> id;
    std::optional<std::string> code;
    std::optional<std::uint64_t> last_seq;
    static constexpr auto fields() {
        return std::tuple{field{"sessionId", &join_request::id}, field{"code", &join_request::code},
                          field{"lastSeq", &join_request::last_seq}};
    }
};

std::string session_in(const value& argument) {
    return checked_name(read<session_request>(argument).id, "sessionId");
}

object to_object(const session_event& from) {
    return {{"sessionId", from.session_id},
            {"seq", from.seq},
            {"type", from.type},
            {"data", from.data},
            {"timestamp", from.timestamp.count()}};
}

object to_object(const session_joined& from) {
    socketio::array missed;
    for (const session_event_ptr& event : from.missed)
        missed.emplace_back(to_object(*event));
    return {{"sessionId", from.session.id},
            {"seq", from.seq},
            {"missed", std::move(missed)},
            {"complete", from.complete},
            {"meta", to_object(from.session)}};
}

// Takes the member away: the others are texts.
bool take_history(value& argument) {
    object* members = argument.get_if<object>();
    const value* given = members ? members->find("history") : nullptr;
    if (!given) return false;
    if (!given->is_bool()) throw service_error("BAD_REQUEST", "'history' must be true or false");
    const bool wanted = given->as_bool();
    members->erase("history");
    return wanted;
}

session_host host_of(const socket& s) {
    return {bound_user(s).value_or(""), connection_of(s)};
}

} // namespace

object to_object(const session_info& from) {
    object made{{"sessionId", from.id},
                {"hostNodeId", from.host_node},
                {"sourceLang", from.source_lang},
                {"createdAt", from.created_at.count()},
                {"status", from.status}};
    if (from.history) made["history"] = true;
    for (const auto& [name, text] : from.more)
        made[name] = text;
    return made;
}

void session_events::serve(const socket& s) {
    requests_.on(s, "session:create",
                 [this, s](value argument) { return create(s, std::move(argument)); });
    requests_.on(s, "session:publish",
                 [this, s](value argument) { return publish(s, std::move(argument)); });
    requests_.on(s, "session:resume", [this, s](value argument) -> task<object> {
        auto host = host_of(s);
        const auto seq = co_await sessions_.resume_session(session_in(argument), std::move(host));
        co_return object{{"seq", seq}};
    });
    requests_.on(s, "session:close", [this, s](value argument) -> task<object> {
        co_await sessions_.close_session(session_in(argument), s.id());
        co_return object{};
    });
    requests_.on(s, "session:join", [this, s](value argument, requests::answer done) {
        return join(s, std::move(argument), std::move(done));
    });
    requests_.on(s, "session:leave", [this, s](value argument) -> task<object> {
        sessions_.leave(session_in(argument), s.id());
        co_return object{};
    });
    s.on("disconnect", [this, s] { sessions_.disconnect(s.id()); });
}

// What it says beside the language and the history is kept with the session.
task<object> session_events::create(socket s, value argument) {
    const bool history = take_history(argument);
    std::string source_lang;
    session_fields more;
    if (!argument.is_null())
        for (auto& [name, text] : read<std::map<std::string, std::string>>(argument))
            (name == "sourceLang" ? source_lang : more[name]) = text;
    auto host = host_of(s);
    const auto made = co_await sessions_.create_session(std::move(host), std::move(source_lang),
                                                        std::move(more), history);
    co_return object{{"sessionId", made.id}, {"code", made.code}};
}

task<object> session_events::publish(socket s, value argument) {
    auto said = read<publication>(argument);
    const auto seq =
        co_await sessions_.publish(checked_name(said.id, "sessionId"), s.id(),
                                   checked_name(said.type, "type"), std::move(said.data));
    co_return object{{"seq", seq}};
}

// The answer is on its way before the first event that follows it.
task<> session_events::join(socket s, value argument, requests::answer done) {
    const auto wanted = read<join_request>(argument);
    if (wanted.id.has_value() == wanted.code.has_value())
        throw service_error("BAD_REQUEST", "say which: either 'sessionId' or 'code'");
    session_join joining;
    joining.session_id = wanted.id ? checked_name(*wanted.id, "sessionId") : "";
    joining.code = wanted.code ? checked_name(*wanted.code, "code") : "";
    joining.listener = connection_of(s);
    joining.last_seq = wanted.last_seq;
    joining.welcome = [done](const session_joined& joined) { done(to_object(joined)); };
    co_await sessions_.join(std::move(joining));
}

void session_events::on_event(const connections& who, const session_event& event) {
    io_.local().to(who).emit("session:event", to_object(event));
}

void session_events::on_lost(const connections& who, const std::string& session_id,
                             std::uint64_t first, std::uint64_t last) {
    io_.local().to(who).emit("session:lost",
                             object{{"sessionId", session_id}, {"first", first}, {"last", last}});
}

void session_events::on_ended(const connections& who, const std::string& session_id,
                              const std::string& reason) {
    io_.local().to(who).emit("session:ended",
                             object{{"sessionId", session_id}, {"reason", reason}});
}

} // namespace sockeye::app
