#include "io/tls.hpp"

#include "io/stream.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <system_error>

namespace sockeye::engineio {
namespace {

// One TLS record: what is gathered for one SSL_write.
constexpr std::size_t record_size = 16 * 1024;

[[noreturn]] void refuse(const std::string& what) {
    char text[256] = "unknown reason";
    if (const unsigned long code = ERR_get_error()) ERR_error_string_n(code, text, sizeof text);
    ERR_clear_error();
    throw std::system_error(std::make_error_code(std::errc::invalid_argument),
                            "sockeye: " + what + ": " + text);
}

// OpenSSL's own socket BIO calls write(), which raises SIGPIPE when the peer has gone.
int send_without_signal(BIO* bio, const char* data, int size) {
    BIO_clear_retry_flags(bio);
    int descriptor = -1;
    BIO_get_fd(bio, &descriptor);
    const ssize_t sent = ::send(descriptor, data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0 && BIO_sock_should_retry(-1)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

const BIO_METHOD* quiet_socket_method() {
    static const BIO_METHOD* const method = [] {
        BIO_METHOD* quiet = BIO_meth_new(BIO_TYPE_SOCKET, "socket without SIGPIPE");
        const BIO_METHOD* usual = BIO_s_socket();
        BIO_meth_set_write(quiet, send_without_signal);
        BIO_meth_set_read(quiet, BIO_meth_get_read(usual));
        BIO_meth_set_puts(quiet, BIO_meth_get_puts(usual));
        BIO_meth_set_ctrl(quiet, BIO_meth_get_ctrl(usual));
        BIO_meth_set_create(quiet, BIO_meth_get_create(usual));
        BIO_meth_set_destroy(quiet, BIO_meth_get_destroy(usual));
        return quiet;
    }();
    return method;
}

} // namespace

tls_context::tls_context(const tls_options& options) {
    ERR_clear_error();
    context_ = std::shared_ptr<SSL_CTX>(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX* context = context_.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
    // Server-side session cache grows with clients; tickets give resumption without it.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    if (SSL_CTX_use_certificate_chain_file(context, options.certificate_chain_file.c_str()) != 1)
        refuse("cannot use the certificate chain " + options.certificate_chain_file);
    if (SSL_CTX_use_PrivateKey_file(context, options.private_key_file.c_str(), SSL_FILETYPE_PEM) !=
        1)
        refuse("cannot use the private key " + options.private_key_file);
    if (SSL_CTX_check_private_key(context) != 1)
        refuse("certificate and private key do not belong together");
}

tls_session::tls_session(const tls_context& context, int descriptor)
    : ssl_(SSL_new(context.get()), SSL_free) {
    BIO* bio = BIO_new(quiet_socket_method());
    BIO_set_fd(bio, descriptor, BIO_NOCLOSE);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
}

tls_session::~tls_session() = default;

io_status tls_session::failed(int result) {
    const int why = SSL_get_error(ssl_.get(), result);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return io_status::would_block;
    ERR_clear_error();
    return why == SSL_ERROR_ZERO_RETURN ? io_status::end_of_stream : io_status::failed;
}

io_status tls_session::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result != 1) return failed(result);
    established_ = true;
    return io_status::ok;
}

io_result tls_session::read(char* buffer, std::size_t size) {
    ERR_clear_error();
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer, size, &got);
    if (result == 1) return {got, io_status::ok};
    return {0, failed(result)};
}

io_status tls_session::push_pending() {
    while (!pending_.empty()) {
        ERR_clear_error();
        std::size_t sent = 0;
        const int result = SSL_write_ex(ssl_.get(), pending_.data(), pending_.size(), &sent);
        if (result != 1) return failed(result);
        pending_.erase(0, sent);
    }
    return io_status::ok;
}

io_result tls_session::write(const iovec* parts, unsigned count) {
    io_status status = push_pending();
    std::size_t taken = 0;
    for (unsigned i = 0; i < count && status == io_status::ok; ++i) {
        const char* data = static_cast<const char*>(parts[i].iov_base);
        for (std::size_t done = 0; done < parts[i].iov_len && status == io_status::ok;) {
            const std::size_t room = record_size - pending_.size();
            const std::size_t piece = std::min(room, parts[i].iov_len - done);
            pending_.append(data + done, piece);
            done += piece;
            taken += piece;
            if (pending_.size() == record_size) status = push_pending();
        }
    }
    if (status == io_status::ok) status = push_pending();
    if (pending_.empty()) std::string().swap(pending_);
    return {taken, status};
}

void tls_session::shutdown() {
    ERR_clear_error();
    if (established_ && pending_.empty()) SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

} // namespace sockeye::engineio
