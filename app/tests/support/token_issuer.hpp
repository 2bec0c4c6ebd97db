#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace sockeye::testing {

/// Makes tokens as an identity provider does, and others as it does not.
class token_issuer {
public:
    static token_issuer hs256(std::string secret);
    static token_issuer rs256(unsigned bits = 2048);
    static token_issuer es256(const char* curve = "P-256");

    /// Signs the claims under the usual header.
    [[nodiscard]] std::string issue(std::string_view claims) const;
    /// Signs them under any header, with this issuer's algorithm whatever the header says.
    [[nodiscard]] std::string issue(std::string_view header, std::string_view claims) const;
    /// In the form that tokens have it.
    [[nodiscard]] std::string signature_of(std::string_view text) const;
    /// As OpenSSL makes it.
    [[nodiscard]] std::string der_signature_of(std::string_view text) const;

    [[nodiscard]] const std::string& secret() const { return secret_; }
    [[nodiscard]] std::string public_pem() const;
    [[nodiscard]] std::string private_pem() const;
    /// `more`: further members, such as R"(,"kid":"1")".
    [[nodiscard]] std::string jwk(std::string_view more = {}) const;

private:
    [[nodiscard]] bool is_rsa() const;
    [[nodiscard]] std::string number(const char* name) const; // of the key, in base64url

    std::string algorithm_;
    std::string secret_;
    std::shared_ptr<evp_pkey_st> key_;
};

std::string base64url(std::string_view bytes);

/// Gone with its object.
class temporary_file {
public:
    explicit temporary_file(std::string_view content);
    ~temporary_file();
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;

    void write(std::string_view content) const;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

} // namespace sockeye::testing
