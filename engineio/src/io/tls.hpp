#pragma once

#include <sockeye/engineio/options.hpp>

#include <memory>
#include <string>
#include <sys/uio.h>

struct ssl_ctx_st;
struct ssl_st;

namespace sockeye::engineio {

struct io_result;
enum class io_status : std::uint8_t;

// Certificate and key. Replaced as a whole on a reload; connections keep the one they began with.
class tls_context {
public:
    explicit tls_context(const tls_options& options); // std::system_error: cannot be used, and why
    [[nodiscard]] ssl_ctx_st* get() const { return context_.get(); }

private:
    std::shared_ptr<ssl_ctx_st> context_;
};

// TLS over a non-blocking socket, without a thread or buffer of its own while idle: OpenSSL works
// on the descriptor, and hands its buffers back between records.
class tls_session {
public:
    tls_session(const tls_context& context, int descriptor);
    ~tls_session();
    tls_session(const tls_session&) = delete;
    tls_session& operator=(const tls_session&) = delete;

    io_status handshake();
    io_result read(char* buffer, std::size_t size);
    // Takes bytes over even where the socket cannot: they are kept, and `would_block` is the
    // status.
    io_result write(const iovec* parts, unsigned count);
    void shutdown(); // tells the peer, once, if the socket takes it
    [[nodiscard]] bool established() const { return established_; }

private:
    io_status failed(int result);
    io_status push_pending();

    std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
    // Plain text of the record under way. A retry must repeat the same bytes, whatever became of
    // the queue they came from.
    std::string pending_;
    bool established_ = false;
};

} // namespace sockeye::engineio
