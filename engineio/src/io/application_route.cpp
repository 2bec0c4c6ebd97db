#include "io/application_route.hpp"

#include <exception>
#include <utility>

namespace sockeye::engineio {

struct http_exchange::state final : pending_question {
    http_request request;
    std::string body;
    peer_address peer;
    bool secure = false;
};

http_exchange::http_exchange(std::shared_ptr<state> s) : state_(std::move(s)) {}
const http_request& http_exchange::request() const {
    return state_->request;
}
std::string_view http_exchange::body() const {
    return state_->body;
}
std::string http_exchange::remote_address() const {
    return state_->peer.text();
}
bool http_exchange::secure() const {
    return state_->secure;
}

void http_exchange::respond(http_response response) const {
    pending_question::answer(state_, [response = std::move(response)](http_connection& asked) {
        asked.respond(response);
    });
}

void application_route::on_request(http_connection& from) {
    if (!handler_) return from.respond(empty_response(404));
    from.read_body(*this, options_.max_body_bytes);
}

void application_route::on_body(http_connection& from, std::string body) {
    auto state = std::make_shared<http_exchange::state>();
    state->request = from.request();
    state->body = std::move(body);
    state->peer = from.link().peer();
    state->secure = from.link().secure();
    from.ask(state);
    const http_exchange exchange(state);
    try {
        handler_(exchange);
    } catch (const std::exception& error) {
        on_exception(error.what());
        exchange.respond(empty_response(500));
    }
}

} // namespace sockeye::engineio
