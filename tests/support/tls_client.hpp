#pragma once

#include "raw_client.hpp"

#include <memory>
#include <string>

struct ssl_st;
struct ssl_ctx_st;

namespace sockeye::testing {

// The same client over TLS. Certificates are not checked; see peer_name.
class tls_client final : public raw_client {
public:
    explicit tls_client(unsigned short port);
    ~tls_client() override;

    void send(std::string_view bytes) override;
    // The common name of the certificate that the server showed.
    [[nodiscard]] std::string peer_name() const;

private:
    bool receive(std::chrono::steady_clock::time_point deadline) override;
    // Whether to try again, after having waited for what OpenSSL wants; false at the end.
    bool wait_again(int result, std::chrono::steady_clock::time_point deadline);

    std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
};

// Writes a self-signed certificate and its key (PEM) for that common name.
void make_certificate(const std::string& name, const std::string& certificate_file,
                      const std::string& key_file);

} // namespace sockeye::testing
