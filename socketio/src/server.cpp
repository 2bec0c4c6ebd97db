#include "server_core.hpp"

#include <sockeye/socketio/server.hpp>

#include <utility>

namespace sockeye::socketio {

const std::string& namespace_::name() const {
    return core_->name();
}

namespace_& namespace_::on_connection(std::function<void(socket)> handler) {
    core_->add_handler(std::move(handler));
    return *this;
}

namespace_& namespace_::use(std::function<void(socket, connect_next)> step) {
    core_->add_step(std::move(step));
    return *this;
}

broadcast_operator namespace_::everyone() const {
    return {core_, {}, {}};
}

server::server(server_options options, engineio::http_server_options http)
    : own_http_(std::make_unique<engineio::http_server>(std::move(http))),
      core_(std::make_shared<server_core>(*own_http_, std::move(options))) {
    of("/");
}

server::server(engineio::http_server& http, server_options options)
    : core_(std::make_shared<server_core>(http, std::move(options))) {
    of("/");
}

// The threads end first: they use what follows.
server::~server() {
    own_http_.reset();
}

namespace_ server::of(std::string name) {
    return namespace_(core_->of(std::move(name)));
}

namespace_ server::on_connection(std::function<void(socket)> handler) {
    return of("/").on_connection(std::move(handler));
}

void server::allow(engineio::allow_request check) {
    core_->engine().allow(std::move(check));
}

engineio::server& server::engine() {
    return core_->engine();
}
engineio::http_server& server::http() {
    return core_->engine().http();
}
unsigned short server::listen(unsigned short port, const std::string& address) {
    return http().listen(port, address);
}
void server::run() {
    http().run();
}

} // namespace sockeye::socketio
