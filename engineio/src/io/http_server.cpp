#include "io/http_server_impl.hpp"

#include <sockeye/engineio/http_server.hpp>

namespace sockeye::engineio {

http_server::http_server(http_server_options options)
    : impl_(std::make_shared<http_server_impl>(std::move(options), nullptr)) {}

http_server::http_server(boost::asio::io_context& context, http_server_options options)
    : impl_(std::make_shared<http_server_impl>(std::move(options), &context)) {}

http_server::~http_server() {
    impl_->end_now();
}

void http_server::route(std::function<void(http_exchange)> handler) {
    impl_->set_route(std::move(handler));
}

void http_server::log(logger sink) {
    impl_->set_log(std::move(sink));
}

void http_server::write_log(log_level level, std::string_view line) const {
    impl_->log(level, line);
}

unsigned short http_server::listen(unsigned short port, const std::string& address) {
    return impl_->listen(port, address);
}

void http_server::run() {
    impl_->run();
}
void http_server::start() {
    impl_->start();
}
void http_server::stop(milliseconds limit) {
    impl_->stop(limit);
}
void http_server::stop_listening() {
    impl_->stop_listening();
}

void http_server::request_stop(milliseconds limit) {
    impl_->request_stop(limit);
}
void http_server::reload_certificates() {
    impl_->reload_certificates();
}
counter_totals http_server::counters() const {
    return impl_->totals();
}
shards& http_server::shards() {
    return *impl_;
}
asio::io_context& http_server::loop(unsigned shard) {
    return impl_->shard_at(shard).context();
}

} // namespace sockeye::engineio
