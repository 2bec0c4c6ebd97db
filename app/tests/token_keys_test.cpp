// Which keys are taken, and what the operator is told of the others.

#include "support/token_issuer.hpp"
#include "tokens/base64url.hpp"
#include "tokens/key_set.hpp"

#include <sockeye/app/tokens.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>

namespace sockeye::app {

using testing::temporary_file;
using testing::token_issuer;

namespace {

const std::string secret = "a secret of thirty-two bytes, no";

/// What loading throws; empty where it does not.
std::string complaint(const token_sources& keys) {
    try {
        const token_verifier verifier(keys);
        return {};
    } catch (const std::runtime_error& why) {
        return why.what();
    }
}

bool contains(const std::string& text, std::string_view part) {
    INFO(text);
    return text.find(part) != text.npos;
}

std::string complaint_about_set(const std::string& keys) {
    const temporary_file file(R"({"keys":[)" + keys + "]}");
    return complaint({.jwks_file = file.path()});
}

std::string complaint_about_pem(const std::string& text) {
    const temporary_file file(text);
    return complaint({.key_file = file.path()});
}

} // namespace

TEST_CASE("a secret has 32 bytes or more, and the complaint says how to make one") {
    CHECK(secret.size() == 32);
    CHECK(complaint({.secret = secret}) == "");
    const std::string why = complaint({.secret = secret.substr(1)});
    CHECK(contains(why, "32 bytes or more, and this one has 31"));
    CHECK(contains(why, "openssl rand -hex 32"));
    CHECK_FALSE(contains(why, secret.substr(1)));
}

TEST_CASE("tokens without any key are a mistake") {
    CHECK(contains(complaint({}), "need a secret, a key file or a file of keys"));
}

TEST_CASE("a complaint names the file") {
    const temporary_file file("-----BEGIN NOTHING-----");
    CHECK(contains(complaint({.key_file = file.path()}), file.path() + ": this is no public key"));
    CHECK(contains(complaint({.jwks_file = file.path()}), file.path() + ": this is no JSON"));
    CHECK(contains(complaint({.key_file = "/no/such/file"}),
                   "/no/such/file: it cannot be read: No such file"));
    CHECK(contains(complaint({.jwks_file = "/no/such/file"}), "No such file"));
    CHECK(contains(complaint({.jwks_file = "/dev/zero"}), "/dev/zero: it is too large"));
    CHECK(contains(complaint({.key_file = "/tmp"}), "/tmp: it cannot be read"));
}

TEST_CASE("a public key in PEM is RSA of 2048 bits or more, or on P-256") {
    CHECK(complaint_about_pem(token_issuer::rs256().public_pem()) == "");
    CHECK(complaint_about_pem(token_issuer::es256().public_pem()) == "");
    CHECK(contains(complaint_about_pem(token_issuer::rs256(1024).public_pem()),
                   "an RSA key of 1024 bits: only those of 2048"));
    CHECK(contains(complaint_about_pem(token_issuer::es256("P-384").public_pem()),
                   "ES256 needs a key on the curve P-256"));
    CHECK(contains(complaint_about_pem(R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
)"),
                   "neither an RSA key, for RS256, nor one on P-256, for ES256")); // Ed25519
}

TEST_CASE("a private key is refused: the server has no business with it") {
    CHECK(contains(complaint_about_pem(token_issuer::es256().private_pem()),
                   "openssl pkey -in FILE -pubout"));
    CHECK(contains(complaint_about_set(token_issuer::es256().jwk(R"(,"d":"AAAA")")),
                   "this is a private key"));
}

TEST_CASE("a set of keys may hold others, for other things, as long as one is for tokens") {
    const std::string others = R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"},)" +
                               token_issuer::rs256().jwk(R"(,"use":"enc")") + ',' +
                               token_issuer::rs256().jwk(R"(,"alg":"RS384")") + ',' +
                               token_issuer::es256().jwk(R"(,"key_ops":["sign"])") +
                               R"(,{"kty":"EC","crv":"P-521","x":"AAAA","y":"AAAA"},{"kty":"new"})";
    CHECK(contains(complaint_about_set(others), "none of its keys is for HS256, RS256 or ES256"));
    CHECK(complaint_about_set(others + ',' + token_issuer::es256().jwk(R"(,"use":"sig")")) == "");
}

TEST_CASE("a key of a set that is meant for tokens and cannot be used is named") {
    const auto good = token_issuer::es256().jwk();
    CHECK(
        contains(complaint_about_set(good + ',' + token_issuer::rs256(1024).jwk(R"(,"kid":"old")")),
                 "key 'old': an RSA key of 1024 bits"));
    CHECK(contains(complaint_about_set(good + R"(,{"kty":"oct","k":"c2hvcnQ"})"),
                   "key 2: a secret for HS256 needs 32 bytes"));
    CHECK(contains(complaint_about_set(good + R"(,{"kty":"oct"})"),
                   "its 'k' must be bytes in base64url"));
    CHECK(contains(complaint_about_set(R"({"kty":"RSA","n":"!","e":"AQAB"})"),
                   "its 'n' must be bytes"));
    CHECK(contains(complaint_about_set(good + ",7"), "key 2: this is no object"));
}

TEST_CASE("numbers that are no key are refused") {
    const auto rsa = [](const std::string& modulus) {
        return R"({"kty":"RSA","e":"AQAB","n":")" + testing::base64url(modulus) + R"("})";
    };
    CHECK(contains(complaint_about_set(rsa(std::string(256, '\xfe'))), "no sound key")); // even
    CHECK(contains(complaint_about_set(rsa(std::string(1025, '\xff'))), "8200 bits"));
    std::string any_signature_fits = token_issuer::rs256().jwk();
    const std::size_t exponent = any_signature_fits.find("AQAB");
    any_signature_fits.replace(exponent, 4, "AQ"); // 1
    CHECK(contains(complaint_about_set(any_signature_fits), "no sound key"));

    const auto point = [](const std::string& coordinate) {
        return R"({"kty":"EC","crv":"P-256","x":")" + coordinate + R"(","y":")" + coordinate +
               R"("})";
    };
    const std::string off_the_curve = testing::base64url(std::string(32, 'x'));
    CHECK(contains(complaint_about_set(point(off_the_curve)), "no sound key"));
    CHECK(contains(complaint_about_set(point("AA")), "no sound key"));
}

TEST_CASE("what is no set of keys is refused") {
    for (const std::string_view text : {"{}", "[]", R"({"keys":{}})", R"({"keys":[]})", ""})
        CHECK_THROWS_AS(read_key_set(text), std::runtime_error);
    const std::string one = token_issuer::hs256(secret).jwk();
    std::string many = one;
    for (int i = 1; i < 33; ++i)
        many += ',' + one;
    CHECK(contains(complaint_about_set(many), "more than 32 keys"));
}

TEST_CASE("base64url is taken in one form only") {
    CHECK(decode_base64url("YW5u") == "ann");
    CHECK(decode_base64url("YQ") == "a");
    CHECK(decode_base64url("") == "");
    CHECK(decode_base64url("-_-_").has_value());
    for (const std::string_view text : {"YQ==", "YR", "Y", "YW5u\n", "+/+/", "Y W5", "YW5u."})
        CHECK_FALSE(decode_base64url(text).has_value());
}

} // namespace sockeye::app
