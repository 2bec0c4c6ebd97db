#include "tokens/signing_key.hpp"

#include "tokens/openssl_handle.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace sockeye::app {

namespace {

constexpr std::size_t min_secret_bytes = 32; // as long as the hash (RFC 7518 §3.2)
constexpr int min_rsa_bits = 2048;           // RFC 7518 §3.3
constexpr int max_rsa_bits = 8192;           // larger ones cost too much time
constexpr std::size_t coordinate_bytes = 32; // of P-256

bool hmac_matches(std::string_view secret, std::string_view text, std::string_view signature) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> made;
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(),
         made.data(), &size);
    return signature.size() == size && CRYPTO_memcmp(signature.data(), made.data(), size) == 0;
}

/// A signature as tokens have it (RFC 7518 §3.4) in the form that OpenSSL wants; empty for none.
std::string to_der(std::string_view raw) {
    if (raw.size() != 2 * coordinate_bytes) return {};
    const openssl_handle<ECDSA_SIG, ECDSA_SIG_free> parts(ECDSA_SIG_new());
    ECDSA_SIG_set0(parts.get(), BN_bin2bn(bytes_of(raw), coordinate_bytes, nullptr),
                   BN_bin2bn(bytes_of(raw) + coordinate_bytes, coordinate_bytes, nullptr));
    unsigned char* made = nullptr;
    const int size = i2d_ECDSA_SIG(parts.get(), &made);
    std::string der(reinterpret_cast<char*>(made), static_cast<std::size_t>(size));
    OPENSSL_free(made);
    return der;
}

bool public_key_matches(EVP_PKEY* key, std::string_view text, std::string_view signature) {
    const openssl_handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
    const bool good =
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                         text.size()) == 1;
    ERR_clear_error(); // or this thread's next TLS operation would take it for its own
    return good;
}

void require_strength_of_rsa(EVP_PKEY* key) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < min_rsa_bits || bits > max_rsa_bits)
        throw std::runtime_error("an RSA key of " + std::to_string(bits) + " bits: only those of " +
                                 std::to_string(min_rsa_bits) + " to " +
                                 std::to_string(max_rsa_bits) + " are taken");
}

void require_p256(EVP_PKEY* key) {
    std::array<char, 64> name{};
    EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr);
    if (std::string_view(name.data()) != SN_X9_62_prime256v1)
        throw std::runtime_error("ES256 needs a key on the curve P-256, and this is on another");
}

/// Throws where the numbers are no key, such as a point that is not on the curve.
void require_sound(EVP_PKEY* key) {
    const openssl_handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
        EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    const bool sound = EVP_PKEY_public_check(context.get()) == 1;
    ERR_clear_error();
    if (!sound) throw std::runtime_error("this is no sound key");
}

} // namespace

signing_key signing_key::from_secret(std::string secret, std::optional<std::string> id) {
    if (secret.size() < min_secret_bytes)
        throw std::runtime_error("a secret for HS256 needs " + std::to_string(min_secret_bytes) +
                                 " bytes or more, and this one has " +
                                 std::to_string(secret.size()) +
                                 "; `openssl rand -hex 32` makes a good one");
    signing_key made(token_algorithm::hs256, std::move(id));
    made.secret_ = std::move(secret);
    return made;
}

signing_key signing_key::from_public_key(public_key key, std::optional<std::string> id) {
    const bool is_rsa = EVP_PKEY_is_a(key.get(), "RSA") == 1;
    if (!is_rsa && EVP_PKEY_is_a(key.get(), "EC") != 1)
        throw std::runtime_error("neither an RSA key, for RS256, nor one on P-256, for ES256");
    if (is_rsa)
        require_strength_of_rsa(key.get());
    else
        require_p256(key.get());
    require_sound(key.get());
    signing_key made(is_rsa ? token_algorithm::rs256 : token_algorithm::es256, std::move(id));
    made.public_key_ = std::move(key);
    return made;
}

bool signing_key::has_signed(std::string_view text, std::string_view signature) const {
    switch (algorithm_) {
    case token_algorithm::hs256:
        return hmac_matches(secret_, text, signature);
    case token_algorithm::rs256:
        return public_key_matches(public_key_.get(), text, signature);
    case token_algorithm::es256:
        return public_key_matches(public_key_.get(), text, to_der(signature));
    }
    return false;
}

} // namespace sockeye::app
