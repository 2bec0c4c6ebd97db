#include "server_core.hpp"

#include <sockeye/engineio/server.hpp>
#include <sockeye/socketio/server.hpp>

#include <utility>

namespace sockeye::socketio {

server::server(server_options options, engineio::http_server_options http)
    : own_http_(std::make_unique<engineio::http_server>(std::move(http))),
      core_(std::make_shared<server_core>(*own_http_, std::move(options))) {
    of("/");
}

server::server(engineio::http_server& http, server_options options)
    : core_(std::make_shared<server_core>(http, std::move(options))) {
    of("/");
}

// The threads end first: they use what follows. If they were never there, or a namespace came late,
// nobody has closed the adapters yet.
server::~server() {
    if (observer* const sees = core_->observed_by()) sees->stop();
    own_http_.reset();
    core_->close_adapters();
}

namespace_ server::of(std::string name) {
    return namespace_(core_->namespaces().of(std::move(name)));
}
namespace_ server::of(const pattern& names) {
    return namespace_(core_->namespaces().add_parent(names));
}
namespace_ server::of(namespace_predicate allows) {
    return namespace_(core_->namespaces().add_parent(std::move(allows)));
}
void server::on_new_namespace(std::function<void(namespace_)> handler) {
    core_->namespaces().on_new(std::move(handler));
}

void server::allow(std::function<void(const engineio::http_request&,
                                      std::function<void(std::optional<std::string>)>)>
                       check) {
    core_->engine().allow(std::move(check));
}

const server_options& server::options() const {
    return core_->options();
}
socketio_totals server::counters() const {
    return core_->totals();
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
void server::start() {
    http().start();
}
void server::close() {
    core_->close();
    if (own_http_) own_http_->request_stop();
}

} // namespace sockeye::socketio
