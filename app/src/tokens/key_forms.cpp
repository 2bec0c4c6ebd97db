// The forms in which keys are given: PEM, and JSON (RFC 7517, RFC 7518 §6).

#include "tokens/base64url.hpp"
#include "tokens/openssl_handle.hpp"
#include "tokens/signing_key.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <utility>

namespace sockeye::app {

using socketio::object;
using socketio::value;

namespace {

[[noreturn]] void refuse_private_key() {
    throw std::runtime_error("this is a private key, which only the issuer should have; `openssl "
                             "pkey -in FILE -pubout` writes the public one");
}

int no_password(char*, int, int, void*) {
    return -1; // rather than to ask for it on the terminal
}

std::string text_member(const object& jwk, std::string_view name) {
    const value* const member = jwk.find(name);
    const auto* const text = member ? member->get_if<std::string>() : nullptr;
    return text ? *text : std::string();
}

std::string bytes_member(const object& jwk, std::string_view name) {
    auto bytes = decode_base64url(text_member(jwk, name));
    if (!bytes || bytes->empty())
        throw std::runtime_error("its '" + std::string(name) + "' must be bytes in base64url");
    return *std::move(bytes);
}

/// Whether a key that is fit for the algorithm is also meant for it.
bool is_meant_for(const object& jwk, std::string_view algorithm) {
    const auto allows = [&](std::string_view name, std::string_view wanted) {
        return !jwk.find(name) || text_member(jwk, name) == wanted;
    };
    const value* const operations = jwk.find("key_ops");
    const bool verifies =
        !operations ||
        (operations->is_array() && std::ranges::count(operations->as_array(), value("verify")) > 0);
    return allows("alg", algorithm) && allows("use", "sig") && verifies;
}

using bignum = openssl_handle<BIGNUM, BN_free>;
using parameters = openssl_handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;

bignum number_member(const object& jwk, std::string_view name) {
    const std::string bytes = bytes_member(jwk, name);
    return bignum(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::shared_ptr<EVP_PKEY> make_public_key(const char* type, OSSL_PARAM_BLD* from) {
    const openssl_handle<OSSL_PARAM, OSSL_PARAM_free> given(OSSL_PARAM_BLD_to_param(from));
    const openssl_handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
        EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* made = nullptr;
    EVP_PKEY_fromdata_init(context.get());
    EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, given.get());
    ERR_clear_error();
    if (!made) throw std::runtime_error("this is no sound key");
    return {made, EVP_PKEY_free};
}

std::shared_ptr<EVP_PKEY> rsa_key(const object& jwk) {
    const bignum modulus = number_member(jwk, "n"), exponent = number_member(jwk, "e");
    const parameters given(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(given.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    OSSL_PARAM_BLD_push_BN(given.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
    return make_public_key("RSA", given.get());
}

std::shared_ptr<EVP_PKEY> p256_key(const object& jwk) {
    const std::string point = '\x04' + bytes_member(jwk, "x") + bytes_member(jwk, "y");
    const parameters given(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(given.get(), OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1,
                                    0);
    OSSL_PARAM_BLD_push_octet_string(given.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    return make_public_key("EC", given.get());
}

} // namespace

signing_key signing_key::from_pem(std::string_view text) {
    const openssl_handle<BIO, BIO_free> source(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    const public_key key(PEM_read_bio_PUBKEY(source.get(), nullptr, no_password, nullptr),
                         EVP_PKEY_free);
    ERR_clear_error();
    if (!key && text.find("PRIVATE KEY-----") != text.npos) refuse_private_key();
    if (!key) throw std::runtime_error("this is no public key in PEM (-----BEGIN PUBLIC KEY-----)");
    return from_public_key(key, {});
}

std::optional<signing_key> signing_key::from_jwk(const object& jwk) {
    std::optional<std::string> id;
    if (jwk.find("kid")) id = text_member(jwk, "kid");
    const std::string type = text_member(jwk, "kty");
    if (type == "oct" && is_meant_for(jwk, "HS256"))
        return from_secret(bytes_member(jwk, "k"), std::move(id));
    const bool is_rsa = type == "RSA" && is_meant_for(jwk, "RS256");
    const bool is_p256 =
        type == "EC" && text_member(jwk, "crv") == "P-256" && is_meant_for(jwk, "ES256");
    if (!is_rsa && !is_p256) return std::nullopt;
    if (jwk.find("d")) refuse_private_key();
    return from_public_key(is_rsa ? rsa_key(jwk) : p256_key(jwk), std::move(id));
}

} // namespace sockeye::app
