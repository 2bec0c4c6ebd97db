#include "io/server_shard.hpp"

#include "codec/cookie.hpp"
#include "codec/cors.hpp"
#include "codec/http_response_writer.hpp"
#include "codec/session_id.hpp"
#include "codec/websocket_handshake.hpp"
#include "io/http_server_impl.hpp"
#include "io/request_questions.hpp"
#include "io/server_impl.hpp"
#include "state/poll_response.hpp"

#include <exception>
#include <optional>
#include <strings.h>
#include <utility>

namespace sockeye::engineio {
namespace {

http_response json_response(unsigned status, std::string body) {
    http_response response;
    response.status = status;
    response.headers = {{"Content-Type", "application/json"}};
    response.body = std::move(body);
    return response;
}

// Values of all fields of that name, as one list.
std::string joined(const http_request& request, std::string_view name) {
    std::string all;
    for (std::size_t i = 0; i < request.field_count(); ++i) {
        const http_field field = request.field(i);
        if (field.name.size() != name.size() ||
            strncasecmp(field.name.data(), name.data(), name.size()) != 0)
            continue;
        if (!all.empty()) all.append(", ");
        all.append(field.value);
    }
    return all;
}

} // namespace

struct server_shard::handover {
    connection& link;
    std::string input;
    websocket_terms terms;
};

server_shard::server_shard(server_impl& server, shard& home)
    : session_home(home, server.events(), server.options()), server_(server),
      handshakes_(server.options().max_handshakes_per_second, home.now()) {}

server_shard::~server_shard() = default;

void server_shard::log(log_level level, std::string_view line) {
    server_.http().log(level, line);
}

// ---- a request's way to its session

void server_shard::on_request(http_connection& from) {
    const engine_query query(from.request().query());
    if (!from.assigned_id.empty()) // it moved here to be born
        return create(from, query, std::exchange(from.assigned_id, {}));
    if (moves_home(from, query)) return;
    if (options().cors) {
        append_cors_headers(*options().cors, from.request(), from.extra_headers());
        if (answers_preflight(*options().cors, from.request()))
            return from.respond(empty_response(options().cors->options_success_status));
    }
    const served_file* const file = server_.find_file(from.request().path());
    if (file && !from.is_upgrade()) return from.respond(file->answer(from.request()));
    if (!server_.middlewares.empty()) return run_middlewares(from, 0);
    verify(from, query);
}

bool server_shard::moves_home(http_connection& from, const engine_query& query) {
    if (query.sid.empty()) return false;
    const unsigned target = home_shard(query.sid, server_.http().shard_count());
    if (target == home().index()) return false;
    home().counters.connections_moved.add();
    from.move_to(server_.http().shard_at(target));
    return true;
}

void server_shard::run_middlewares(http_connection& from, std::size_t next) {
    if (next == server_.middlewares.size())
        return verify(from, engine_query(from.request().query()));
    try {
        ask_middleware(
            from, server_.middlewares[next], wants_websocket(from),
            [this, next](http_connection& asked, std::optional<std::string> error) {
                if (!error) return run_middlewares(asked, next + 1);
                refuse(asked, {request_error::bad_request, {}, "MIDDLEWARE_FAILURE", *error});
            });
    } catch (const std::exception& error) {
        refuse(from, {request_error::bad_request, {}, "MIDDLEWARE_FAILURE", error.what()});
    }
}

bool server_shard::wants_websocket(http_connection& from) {
    return from.is_upgrade() && options().websocket;
}

void server_shard::verify(http_connection& from, const engine_query& query) {
    if (const auto why = check_transport(options(), query, from.request()))
        return refuse(from, *why);
    if (query.sid.empty()) return handshake(from, query);

    live_session* const target = find_live(query.sid);
    std::optional<session_facts> facts;
    if (target) facts = target->facts();
    if (auto why = check_session(query, wants_websocket(from), facts ? &*facts : nullptr)) {
        if (!target && say_farewell(from, query)) return;
        if (!target) why->detail = redacted(query.sid);
        return refuse(from, *why);
    }
    if (wants_websocket(from) && !options().allow_upgrades)
        return refuse(from, {request_error::bad_request, {}, "UPGRADE_NOT_ALLOWED"});
    serve(from, query, *target);
}

void server_shard::serve(http_connection& from, const engine_query& query, live_session& target) {
    if (wants_websocket(from)) {
        if (const auto socket = accept_websocket(from, query, false))
            target.on_upgrade(socket->link, socket->terms, socket->input);
        return;
    }
    const std::string_view method = from.request().method();
    if (method == "GET") return target.on_get(from);
    if (method == "POST") return target.on_post(from);
    from.respond(empty_response(500));
}

// ---- birth

void server_shard::handshake(http_connection& from, const engine_query& query) {
    if (const auto why = check_handshake(query, wants_websocket(from), from.request().method()))
        return refuse(from, *why);
    if (server_.session_count.load(std::memory_order_relaxed) >= options().max_sessions)
        return put_off(from, "Too many sessions");
    if (!handshakes_.take(home().now())) return put_off(from, "Too many handshakes");
    if (server_.allow) return ask_permission(from);
    assign_id(from, query);
}

// It may come again.
void server_shard::put_off(http_connection& from, std::string_view why) {
    home().counters.handshakes_limited.add();
    if (wants_websocket(from)) return from.refuse_upgrade(503, why, {{"Retry-After", "1"}});
    http_response busy = empty_response(503);
    busy.headers = {{"Retry-After", "1"}};
    from.respond(std::move(busy));
}

void server_shard::ask_permission(http_connection& from) {
    const auto then = [this](http_connection& asked, std::optional<std::string> no) {
        if (!no) return assign_id(asked, engine_query(asked.request().query()));
        refuse(asked, {request_error::forbidden, *no, {}, *no});
    };
    try {
        engineio::ask_permission(from, server_.allow, then);
    } catch (const std::exception& error) {
        log(log_level::error, std::string("exception out of allow_request: ") + error.what());
        refuse(from, {request_error::forbidden, {}, {}, error.what()});
    }
}

void server_shard::assign_id(http_connection& from, const engine_query& query) {
    if (const auto why = check_revision(options(), query)) return refuse(from, *why);
    const unsigned shards = server_.http().shard_count();
    if (!options().generate_id)
        return create(from, query, make_session_id(home().random().next(), home().index(), shards));

    std::string id;
    try {
        id = options().generate_id(from.request());
    } catch (const std::exception& error) {
        return refuse(from, {request_error::bad_request, {}, "ID_GENERATION_ERROR", error.what()});
    }
    if (id.empty())
        return refuse(from, {request_error::bad_request, {}, "ID_GENERATION_ERROR", "empty id"});
    const unsigned target = home_shard(id, shards);
    if (target == home().index()) return create(from, query, std::move(id));
    from.assigned_id = std::move(id);
    from.move_to(server_.http().shard_at(target));
}

void server_shard::create(http_connection& from, const engine_query& query, std::string id) {
    // Two sessions under one id would read each other's messages.
    if (find_live(id))
        return refuse(
            from, {request_error::bad_request, {}, "ID_GENERATION_ERROR", "an id that is in use"});
    if (wants_websocket(from)) return create_on_websocket(from, query, std::move(id));
    live_session& born = insert(std::make_unique<live_session>(
        static_cast<session_home&>(*this), std::move(id), from.request(), from.link().peer(),
        from.link().secure(), query, transport_kind::polling));
    born.open_polling(from);
}

void server_shard::create_on_websocket(http_connection& from, const engine_query& query,
                                       std::string id) {
    http_request request = from.request();
    const auto socket = accept_websocket(from, query, true);
    if (!socket) return;
    live_session& born = insert(std::make_unique<live_session>(
        static_cast<session_home&>(*this), std::move(id), std::move(request), socket->link.peer(),
        socket->link.secure(), query, transport_kind::websocket));
    born.open_websocket(socket->link, socket->terms, socket->input);
}

live_session& server_shard::insert(session_ptr born) {
    live_session& session = **sessions_.insert(std::move(born)).first;
    home().counters.sessions.add();
    home().counters.sessions_opened.add();
    server_.session_count.fetch_add(1, std::memory_order_relaxed);
    return session;
}

std::optional<server_shard::handover> server_shard::accept_websocket(http_connection& from,
                                                                     const engine_query& query,
                                                                     bool first_answer) {
    const http_request& request = from.request();
    const std::string protocols = joined(request, "sec-websocket-protocol");
    const std::string extensions = joined(request, "sec-websocket-extensions");
    const bool deflate = options().per_message_deflate.has_value();
    const auto fault = check_handshake({.method = request.method(),
                                        .upgrade = request.header("upgrade"),
                                        .connection = request.header("connection"),
                                        .version = request.header("sec-websocket-version"),
                                        .key = request.header("sec-websocket-key"),
                                        .protocols = protocols,
                                        .extensions = extensions,
                                        .http_1_1 = request.version() >= 11},
                                       deflate);
    if (fault) {
        header_list versions;
        if (*fault == handshake_error::invalid_version)
            versions.emplace_back("Sec-WebSocket-Version", supported_websocket_versions);
        from.refuse_upgrade(http_status(*fault), error_text(*fault), std::move(versions));
        return std::nullopt;
    }

    header_list headers = std::move(from.extra_headers());
    deflate_negotiation agreed;
    if (deflate) agreed = negotiate_deflate(extensions);
    if (agreed.outcome == deflate_outcome::accepted)
        headers.emplace_back("Sec-WebSocket-Extensions", agreed.header);
    if (const std::string_view first = first_protocol(protocols); !first.empty())
        headers.emplace_back("Sec-WebSocket-Protocol", first);
    if (first_answer) events().on_initial_headers(headers, request);
    events().on_headers(headers, request);

    std::string answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                         "Connection: Upgrade\r\nSec-WebSocket-Accept: ";
    answer.append(accept_key(request.header("sec-websocket-key"))).append("\r\n");
    for (const auto& [name, value] : headers)
        if (is_valid_header(name, value)) answer.append(name + ": " + value + "\r\n");
    answer.append("\r\n");

    connection& link = from.link();
    link.write(std::move(answer));
    return handover{link,
                    from.hand_over(),
                    {.deflating = agreed.outcome == deflate_outcome::accepted,
                     .base64_only = query.base64_only}};
}

// ---- refusals

bool server_shard::say_farewell(http_connection& from, const engine_query& query) {
    if (from.is_upgrade() || from.request().method() != "GET") return false;
    if (!farewells_.take(query.sid, query.revision, from.received(), home().now())) return false;
    from.respond(poll_response({.revision = query.revision,
                                .jsonp = query.jsonp,
                                .base64_only = query.base64_only,
                                .compression = std::nullopt,
                                .request = from.request()},
                               {{outgoing::make(packet_type::noop, {}), {}, false}}));
    return true;
}

void server_shard::refuse(http_connection& from, const refusal& why) {
    home().counters.request_errors[static_cast<std::size_t>(why.code)].add();
    events().on_connection_error({why.code, why.text(), why.check, why.detail, from.request()});
    if (wants_websocket(from)) return from.refuse_upgrade(400, why.text());
    from.respond(json_response(http_status(why.code), refusal_json(why)));
}

// ---- the table

live_session* server_shard::find_live(std::string_view id) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return nullptr;
    live_session* const session = found->get();
    return session->is_alive() ? session : nullptr;
}

session* server_shard::find(std::string_view id) {
    return find_live(id);
}

void server_shard::for_each(const std::function<void(session&)>& visit) {
    std::vector<live_session*> all; // a visit may end sessions
    all.reserve(sessions_.size());
    for (const session_ptr& session : sessions_)
        all.push_back(session.get());
    for (live_session* session : all)
        if (session->status() != session_status::closed) visit(*session);
}

void server_shard::abandon() {
    for_each([](session& s) { static_cast<live_session&>(s).abandon(); });
}

void server_shard::flush_soon(live_session& waiting) {
    if (to_flush_.empty()) {
        home().at_turn_end([this] {
            std::vector<live_session*> batch;
            batch.swap(to_flush_);
            for (live_session* session : batch)
                session->flush();
        });
    }
    to_flush_.push_back(&waiting);
}

// Its methods are on the stack still, so the end comes with the loop's next turn, behind any flush
// that waits for it.
void server_shard::retire(live_session& ended, bool expects_get) {
    if (expects_get && server_.http().shard_count() > 1)
        farewells_.expect(ended.id(), ended.revision(), home().now());
    auto node = sessions_.extract(sessions_.find(ended.id()));
    home().counters.sessions.sub();
    server_.session_count.fetch_sub(1, std::memory_order_relaxed);
    home().post([dead = std::shared_ptr<live_session>(std::move(node.value()))] {});
}

} // namespace sockeye::engineio
