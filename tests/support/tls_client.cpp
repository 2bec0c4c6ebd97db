#include "tls_client.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>

namespace sockeye::testing {
namespace {

using clock = std::chrono::steady_clock;
using file_handle = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

file_handle open_to_write(const std::string& path) {
    file_handle file(std::fopen(path.c_str(), "w"), std::fclose);
    if (!file) throw std::runtime_error("cannot write " + path);
    return file;
}

std::string common_name(X509* certificate) {
    std::array<char, 256> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                              name.size());
    return name.data();
}

} // namespace

tls_client::tls_client(unsigned short port)
    : raw_client(port), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
      ssl_(SSL_new(context_.get()), SSL_free) {
    ::fcntl(native_handle(), F_SETFL, O_NONBLOCK);
    SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_set_fd(ssl_.get(), native_handle());
    SSL_set_connect_state(ssl_.get());
    const auto deadline = clock::now() + patience;
    for (int done; (done = SSL_do_handshake(ssl_.get())) != 1;)
        if (!wait_again(done, deadline)) throw std::runtime_error("no TLS handshake");
}

tls_client::~tls_client() = default;

void tls_client::send(std::string_view bytes) {
    const auto deadline = clock::now() + patience;
    while (!bytes.empty()) {
        std::size_t sent = 0;
        const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
        if (result == 1)
            bytes.remove_prefix(sent);
        else if (!wait_again(result, deadline))
            throw std::runtime_error("the TLS connection has ended");
    }
}

bool tls_client::receive(clock::time_point deadline) {
    std::array<char, 16 * 1024> bytes;
    for (;;) {
        std::size_t got = 0;
        const int result = SSL_read_ex(ssl_.get(), bytes.data(), bytes.size(), &got);
        if (result == 1) {
            buffer_.append(bytes.data(), got);
            return true;
        }
        if (!wait_again(result, deadline)) return false;
    }
}

bool tls_client::wait_again(int result, clock::time_point deadline) {
    const int why = SSL_get_error(ssl_.get(), result);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
        ERR_clear_error();
        return false;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    pollfd waiting{native_handle(),
                   static_cast<short>(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), 0};
    if (::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) == 0)
        throw std::runtime_error("nothing more moves over TLS; so far: \"" +
                                 buffer_.substr(0, 400) + '"');
    return true;
}

std::string tls_client::peer_name() const {
    const std::unique_ptr<X509, void (*)(X509*)> shown(SSL_get1_peer_certificate(ssl_.get()),
                                                       X509_free);
    return shown ? common_name(shown.get()) : std::string();
}

void make_certificate(const std::string& name, const std::string& certificate_file,
                      const std::string& key_file) {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
    X509* const made = certificate.get();
    X509_set_version(made, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
    X509_gmtime_adj(X509_getm_notBefore(made), -60);
    X509_gmtime_adj(X509_getm_notAfter(made), 24 * 60 * 60);
    X509_NAME_add_entry_by_NID(X509_get_subject_name(made), NID_commonName, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.data()),
                               static_cast<int>(name.size()), -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(made));
    X509_set_pubkey(made, key.get());
    X509_sign(made, key.get(), EVP_sha256());
    if (PEM_write_X509(open_to_write(certificate_file).get(), made) != 1 ||
        PEM_write_PrivateKey(open_to_write(key_file).get(), key.get(), nullptr, nullptr, 0, nullptr,
                             nullptr) != 1)
        throw std::runtime_error("cannot write certificate and key");
}

} // namespace sockeye::testing
