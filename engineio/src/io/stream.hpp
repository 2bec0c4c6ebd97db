#pragma once

#include "io/tls.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <sys/uio.h>
#include <utility>

namespace sockeye::engineio {

enum class io_status : std::uint8_t { ok, would_block, end_of_stream, failed };

struct io_result {
    std::size_t bytes = 0;
    io_status status = io_status::ok;
};

// A TCP connection, with or without TLS. Reads and writes never wait; the shard's poller tells when
// they can go on. That way an idle connection owns no buffer, and input goes into the shard's.
class stream {
public:
    stream(int descriptor, std::unique_ptr<tls_session> tls)
        : descriptor_(descriptor), tls_(std::move(tls)) {}
    stream(stream&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), tls_(std::move(other.tls_)) {}
    ~stream() { close(); }

    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] bool secure() const { return tls_ != nullptr; }
    [[nodiscard]] bool established() const { return !tls_ || tls_->established(); }

    io_status handshake() { return tls_ ? tls_->handshake() : io_status::ok; }
    io_result read(char* buffer, std::size_t size);
    // `ok`: all is with the operating system. Otherwise `bytes` were taken, and the rest has to
    // wait.
    io_result write(const iovec* parts, unsigned count);
    void shutdown_send();
    void close();

    struct released {
        int descriptor;
        std::unique_ptr<tls_session> tls;
    };
    released release() { return {std::exchange(descriptor_, -1), std::move(tls_)}; }

private:
    int descriptor_;
    std::unique_ptr<tls_session> tls_;
};

} // namespace sockeye::engineio
