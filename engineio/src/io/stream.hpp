#pragma once

#include "io/asio.hpp"
#include "io/tls.hpp"

#include <cstddef>
#include <memory>
#include <sys/uio.h>

namespace sockeye::engineio {

enum class io_status : std::uint8_t { ok, would_block, end_of_stream, failed };

struct io_result {
    std::size_t bytes = 0;
    io_status status = io_status::ok;
};

// A TCP connection, with or without TLS. Reads and writes never wait; who wants to wait asks Asio
// for readiness. That way an idle connection owns no buffer, and input goes into the one of its
// shard.
class stream {
public:
    stream(tcp_socket socket, std::unique_ptr<tls_session> tls);

    [[nodiscard]] tcp_socket& socket() { return socket_; }
    [[nodiscard]] bool secure() const { return tls_ != nullptr; }
    [[nodiscard]] bool established() const { return !tls_ || tls_->established(); }
    [[nodiscard]] bool wants_write() const { return tls_ && tls_->wants_write(); }

    io_status handshake() { return tls_ ? tls_->handshake() : io_status::ok; }
    io_result read(char* buffer, std::size_t size);
    // `ok`: all is with the operating system. Otherwise `bytes` were taken, and the rest has to
    // wait.
    io_result write(const iovec* parts, unsigned count);
    void shutdown_send();
    void close();

    // Takes the connection off its shard; nothing may be waiting on it.
    struct released {
        int descriptor;
        std::unique_ptr<tls_session> tls;
    };
    released release();

private:
    tcp_socket socket_;
    std::unique_ptr<tls_session> tls_;
};

} // namespace sockeye::engineio
