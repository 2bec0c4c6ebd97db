#include "server/http/api_router.hpp"

#include "codec/json.hpp"
#include "server/requests.hpp"

#include <utility>

namespace sockeye::app {

using socketio::object;

namespace {

engineio::http_response json_response(unsigned status, object body) {
    engineio::http_response made{.status = status,
                                 .headers = {{"Content-Type", "application/json"}}};
    socketio::append_json(made.body, std::move(body));
    return made;
}

// In whole seconds, as the header has it; empty where nothing is said.
std::string retry_after(const object& error) {
    const socketio::value* wait = error.find("retryAfterMs");
    return wait ? std::to_string((wait->as_int64() + 999) / 1000) : "";
}

engineio::http_response error_response(object error) {
    const auto status = http_status(error.find("code")->as_string());
    const std::string wait = retry_after(error);
    auto made = json_response(status, {{"ok", false}, {"error", std::move(error)}});
    if (status == 401) made.headers.emplace_back("WWW-Authenticate", "Bearer");
    if (!wait.empty()) made.headers.emplace_back("Retry-After", wait);
    return made;
}

engineio::http_response method_not_allowed(const std::string& allowed) {
    object body{{"ok", false},
                {"error", object{{"code", "METHOD_NOT_ALLOWED"},
                                 {"message", "this path takes " + allowed}}}};
    auto made = json_response(405, std::move(body));
    made.headers.emplace_back("Allow", allowed);
    return made;
}

} // namespace

bool api_router::handle(const engineio::http_exchange& exchange) {
    const auto& request = exchange.request();
    std::string allowed;
    for (const api_route& route : routes_) {
        api_call call;
        if (!match_path(route.path, request.path(), call)) continue;
        if (route.method != request.method()) {
            allowed += (allowed.empty() ? "" : ", ") + route.method;
            continue;
        }
        socketio::start(answer(exchange, route, std::move(call)), [](const std::exception_ptr&) {});
        return true;
    }
    if (!allowed.empty()) exchange.respond(method_not_allowed(allowed));
    return !allowed.empty();
}

task<> api_router::answer(engineio::http_exchange exchange, const api_route& route, api_call call) {
    std::exception_ptr failure;
    engineio::http_response response;
    try {
        if (!route.open) co_await admits_(exchange);
        call.query = checked_query(route.query, exchange.request().query());
        call.body = checked_body(route.body, exchange.body());
        if (route.respond)
            response = co_await route.respond(std::move(call));
        else {
            object body = co_await route.handle(std::move(call));
            response = json_response(200, std::move(body));
        }
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure)
        response = error_response(error_object(failure, route.method + " " + route.path, on_));
    exchange.respond(std::move(response));
}

} // namespace sockeye::app
