#include "io/link_stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

#include <system_error>

namespace sockeye::adapter_redis {

using tcp = asio::ip::tcp;

namespace {

void require(const error_code& error, const std::string& file) {
    if (error) throw std::system_error(error, "sockeye: cannot use " + file);
}

void use_certificate(asio::ssl::context& context, const redis_tls_options& tls) {
    error_code error;
    context.use_certificate_chain_file(tls.certificate_file, error);
    require(error, tls.certificate_file);
    context.use_private_key_file(tls.private_key_file, asio::ssl::context::pem, error);
    require(error, tls.private_key_file);
}

} // namespace

asio::ssl::context make_tls_context(const redis_options& options) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    if (!options.tls) return context;
    context.set_verify_mode(asio::ssl::verify_peer);
    if (options.tls->ca_file.empty()) {
        context.set_default_verify_paths();
    } else {
        error_code error;
        context.load_verify_file(options.tls->ca_file, error);
        require(error, options.tls->ca_file);
    }
    if (!options.tls->certificate_file.empty()) use_certificate(context, *options.tls);
    return context;
}

link_stream::link_stream(io_context& context, asio::ssl::context& tls, const redis_options& options,
                         redis_address to)
    : options_(options), to_(std::move(to)), stream_(context, tls) {}

asio::awaitable<error_code> link_stream::connect() {
    if (!options_.unix_socket.empty()) co_return co_await connect_local();
    error_code error = co_await connect_network();
    if (!error && encrypted()) error = co_await shake_hands();
    co_return error;
}

asio::awaitable<error_code> link_stream::connect_local() {
    const asio::local::stream_protocol::endpoint path(options_.unix_socket);
    const auto [error] = co_await socket().async_connect(path, as_result);
    co_return error;
}

asio::awaitable<error_code> link_stream::connect_network() {
    tcp::resolver resolver(socket().get_executor());
    auto [error, found] =
        co_await resolver.async_resolve(to_.host, std::to_string(to_.port), as_result);
    for (const auto& place : found) {
        if (closed_) co_return asio::error::operation_aborted; // a resolver cannot be interrupted
        socket() = socket_type(socket().get_executor());       // the attempt before
        const tcp::endpoint endpoint = place.endpoint();
        std::tie(error) = co_await socket().async_connect(endpoint, as_result);
        if (!error) break;
    }
    error_code ignored;
    if (!error) socket().set_option(tcp::no_delay(true), ignored);
    co_return error;
}

asio::awaitable<error_code> link_stream::shake_hands() {
    const std::string& name =
        options_.tls->server_name.empty() ? to_.host : options_.tls->server_name;
    stream_.set_verify_callback(asio::ssl::host_name_verification(name));
    SSL_set_tlsext_host_name(stream_.native_handle(), name.c_str());
    const auto [error] =
        co_await stream_.async_handshake(asio::ssl::stream_base::client, as_result);
    co_return error;
}

asio::awaitable<std::tuple<error_code, std::size_t>> link_stream::read(asio::mutable_buffer into) {
    if (encrypted()) co_return co_await stream_.async_read_some(into, as_result);
    co_return co_await socket().async_read_some(into, as_result);
}

asio::awaitable<error_code> link_stream::write(const std::string& bytes) {
    const auto [error, size] =
        encrypted() ? co_await asio::async_write(stream_, asio::buffer(bytes), as_result)
                    : co_await asio::async_write(socket(), asio::buffer(bytes), as_result);
    co_return error;
}

void link_stream::close() {
    closed_ = true;
    error_code ignored;
    socket().close(ignored);
}

} // namespace sockeye::adapter_redis
