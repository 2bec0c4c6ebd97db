#pragma once

#include "io/asio.hpp"

#include <sockeye/adapter_redis/options.hpp>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <string>
#include <utility>

namespace sockeye::adapter_redis {

/// The context that connections of these options need. Throws std::system_error if files cannot be
/// used.
asio::ssl::context make_tls_context(const redis_options& options);

/// A stream to Redis over TCP, TLS or a Unix socket.
class link_stream {
public:
    link_stream(io_context& context, asio::ssl::context& tls, const redis_options& options,
                redis_address to);

    asio::awaitable<error_code> connect();

    asio::awaitable<std::tuple<error_code, std::size_t>> read(asio::mutable_buffer into);
    template<class Handler>
    void write(const std::string& bytes, Handler handler) {
        encrypted() ? asio::async_write(stream_, asio::buffer(bytes), std::move(handler))
                    : asio::async_write(socket(), asio::buffer(bytes), std::move(handler));
    }

    asio::awaitable<error_code> write(const std::string& bytes);

    /// For good; what is under way ends with an error.
    void close();

private:
    using socket_type = asio::generic::stream_protocol::socket;

    [[nodiscard]] bool encrypted() const { return options_.tls && options_.unix_socket.empty(); }
    socket_type& socket() { return stream_.next_layer(); }
    asio::awaitable<error_code> connect_local();
    asio::awaitable<error_code> connect_network();
    asio::awaitable<error_code> shake_hands();

    const redis_options& options_;
    const redis_address to_;
    asio::ssl::stream<socket_type> stream_; // without TLS, only the socket in it is used
    bool closed_ = false;
};

} // namespace sockeye::adapter_redis
