#include "io/http_server_impl.hpp"
#include "io/server_impl.hpp"

#include <sockeye/engineio/server.hpp>

namespace sockeye::engineio {

server::server(handler& events, server_options options, http_server_options http)
    : own_http_(std::make_unique<http_server>(std::move(http))), http_(own_http_.get()),
      impl_(std::make_shared<server_impl>(http_->impl(), events, std::move(options))) {
    http_->impl().add(impl_);
}

server::server(http_server& http, handler& events, server_options options)
    : http_(&http), impl_(std::make_shared<server_impl>(http.impl(), events, std::move(options))) {
    http_->impl().add(impl_);
}

server::~server() = default;

void server::use(middleware step) {
    impl_->middlewares.push_back(std::move(step));
}
void server::allow(allow_request check) {
    impl_->allow = std::move(check);
}
void server::serve(std::string_view name, static_file file) {
    impl_->add_file(name, served_file(std::move(file)));
}

const server_options& server::options() const {
    return impl_->options();
}
std::size_t server::session_count() const {
    return impl_->session_count.load(std::memory_order_relaxed);
}

session* server::find(std::string_view id) {
    server_shard* const here = impl_->current_part();
    return here ? here->find(id) : nullptr;
}

void server::for_each(const std::function<void(session&)>& visit) {
    if (server_shard* const here = impl_->current_part()) here->for_each(visit);
}

void server::close() {
    impl_->close_sessions();
}

http_server& server::http() {
    return *http_;
}
unsigned short server::listen(unsigned short port, const std::string& address) {
    return http_->listen(port, address);
}
void server::run() {
    http_->run();
}

} // namespace sockeye::engineio
