#include "support/token_issuer.hpp"

#include <doctest/doctest.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <fstream>
#include <unistd.h>
#include <utility>

namespace sockeye::testing {

namespace {

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string text_of(const BIGNUM* number, int size) {
    std::string text(static_cast<std::size_t>(size), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(text.data()), size);
    return text;
}

// From the form that OpenSSL makes to the one that tokens have.
std::string raw_of(std::string_view der, int coordinate_bytes) {
    const unsigned char* at = bytes(der);
    ECDSA_SIG* const parts = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    std::string raw = text_of(ECDSA_SIG_get0_r(parts), coordinate_bytes) +
                      text_of(ECDSA_SIG_get0_s(parts), coordinate_bytes);
    ECDSA_SIG_free(parts);
    return raw;
}

std::string sign(EVP_PKEY* key, std::string_view text) {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    std::string signature(1024, '\0');
    std::size_t size = signature.size();
    REQUIRE(EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key) == 1);
    REQUIRE(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                           bytes(text), text.size()) == 1);
    EVP_MD_CTX_free(context);
    signature.resize(size);
    return signature;
}

template<class Write>
std::string pem(Write write) {
    BIO* const memory = BIO_new(BIO_s_mem());
    write(memory);
    char* begin = nullptr;
    const long size = BIO_get_mem_data(memory, &begin);
    std::string text(begin, static_cast<std::size_t>(size));
    BIO_free(memory);
    return text;
}

} // namespace

std::string base64url(std::string_view from) {
    std::string text(4 * (from.size() / 3 + 1) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes(from),
                                     static_cast<int>(from.size()));
    text.resize(static_cast<std::size_t>(size));
    text.resize(text.find_last_not_of('=') + 1);
    for (char& c : text)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

token_issuer token_issuer::hs256(std::string secret) {
    token_issuer made;
    made.algorithm_ = "HS256";
    made.secret_ = std::move(secret);
    return made;
}

token_issuer token_issuer::rs256(unsigned bits) {
    token_issuer made;
    made.algorithm_ = "RS256";
    made.key_ = {EVP_RSA_gen(bits), EVP_PKEY_free};
    return made;
}

token_issuer token_issuer::es256(const char* curve) {
    token_issuer made;
    made.algorithm_ = "ES256";
    made.key_ = {EVP_EC_gen(curve), EVP_PKEY_free};
    return made;
}

std::string token_issuer::issue(std::string_view claims) const {
    return issue(R"({"alg":")" + algorithm_ + R"(","typ":"JWT"})", claims);
}

std::string token_issuer::issue(std::string_view header, std::string_view claims) const {
    const std::string text = base64url(header) + '.' + base64url(claims);
    return text + '.' + base64url(signature_of(text));
}

std::string token_issuer::signature_of(std::string_view text) const {
    if (key_) {
        const std::string made = sign(key_.get(), text);
        return is_rsa() ? made : raw_of(made, (EVP_PKEY_get_bits(key_.get()) + 7) / 8);
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> made;
    unsigned size = 0;
    HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()), bytes(text), text.size(),
         made.data(), &size);
    return {reinterpret_cast<const char*>(made.data()), size};
}

std::string token_issuer::der_signature_of(std::string_view text) const {
    return sign(key_.get(), text);
}

bool token_issuer::is_rsa() const {
    return EVP_PKEY_is_a(key_.get(), "RSA") == 1;
}

std::string token_issuer::public_pem() const {
    return pem([this](BIO* to) { PEM_write_bio_PUBKEY(to, key_.get()); });
}

std::string token_issuer::private_pem() const {
    return pem([this](BIO* to) {
        PEM_write_bio_PrivateKey(to, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

std::string token_issuer::number(const char* name) const {
    BIGNUM* number = nullptr;
    REQUIRE(EVP_PKEY_get_bn_param(key_.get(), name, &number) == 1);
    const int size = is_rsa() ? BN_num_bytes(number) : (EVP_PKEY_get_bits(key_.get()) + 7) / 8;
    std::string text = base64url(text_of(number, size));
    BN_free(number);
    return text;
}

std::string token_issuer::jwk(std::string_view more) const {
    std::string members;
    if (!key_)
        members = R"("kty":"oct","k":")" + base64url(secret_) + '"';
    else if (is_rsa())
        members = R"("kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
                  number(OSSL_PKEY_PARAM_RSA_E) + '"';
    else
        members = R"("kty":"EC","crv":"P-256","x":")" + number(OSSL_PKEY_PARAM_EC_PUB_X) +
                  R"(","y":")" + number(OSSL_PKEY_PARAM_EC_PUB_Y) + '"';
    return '{' + members + std::string(more) + '}';
}

temporary_file::temporary_file(std::string_view content)
    : path_((std::filesystem::temp_directory_path() / "sockeye-XXXXXX").string()) {
    const int file = ::mkstemp(path_.data());
    REQUIRE(file >= 0);
    ::close(file);
    write(content);
}

temporary_file::~temporary_file() {
    std::filesystem::remove(path_);
}

void temporary_file::write(std::string_view content) const {
    std::ofstream(path_, std::ios::binary) << content;
}

} // namespace sockeye::testing
