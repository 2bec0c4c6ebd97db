#include "support/token_issuer.hpp"

#include <sockeye/app/tokens.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <jwt.h>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace sockeye::app {

using testing::base64url;
using testing::temporary_file;
using testing::token_issuer;
using namespace std::chrono_literals;

namespace {

const token_issuer& hs() {
    static const auto issuer = token_issuer::hs256("a secret of thirty-two bytes, no");
    return issuer;
}
const token_issuer& rs() {
    static const auto issuer = token_issuer::rs256();
    return issuer;
}
const token_issuer& es() {
    static const auto issuer = token_issuer::es256();
    return issuer;
}

constexpr milliseconds now = 1'700'000'000s;
const std::string header = R"({"alg":"HS256"})";
const std::string good_claims = R"({"sub":"ann","exp":1700000060})";

using verifier_ptr = std::shared_ptr<const token_verifier>;

verifier_ptr of_secret(token_options options = {}) {
    return std::make_shared<token_verifier>(token_sources{.secret = hs().secret()},
                                            std::move(options));
}

verifier_ptr of_pem(const std::string& text) {
    const temporary_file file(text);
    return std::make_shared<token_verifier>(token_sources{.key_file = file.path()});
}

verifier_ptr of_set(const std::string& keys) {
    const temporary_file file(R"({"keys":[)" + keys + "]}");
    return std::make_shared<token_verifier>(token_sources{.jwks_file = file.path()});
}

/// Why it is refused; none: it is good.
std::optional<token_fault> fault_of(const token_verdict& verdict) {
    const auto* const bad = std::get_if<bad_token>(&verdict);
    if (!bad) return std::nullopt;
    CHECK_FALSE(bad->message.empty());
    return bad->fault;
}

/// Of claims that are signed as they should be.
std::optional<token_fault> fault_in(std::string_view claims, token_options options = {},
                                    milliseconds at = now) {
    return fault_of(of_secret(std::move(options))->verify(hs().issue(claims), at));
}

std::optional<token_fault> fault_under(std::string_view other_header) {
    return fault_of(of_secret()->verify(hs().issue(other_header, good_claims), now));
}

} // namespace

TEST_CASE("a good token says whose it is, until when, and all that it claims") {
    const auto verdict = of_secret()->verify(
        hs().issue(R"({"sub":"ann","exp":1700000060.5,"role":{"name":"host"}})"), now);
    const auto& good = std::get<good_token>(verdict);
    CHECK(good.user == "ann");
    CHECK(good.expires_at == 1'700'000'060'500ms + 30s);
    CHECK(*good.claims.find("role")->find("name") == socketio::value("host"));
}

TEST_CASE("each key takes what is signed with it, in each form that it may have") {
    CHECK(!fault_of(of_secret()->verify(hs().issue(good_claims), now)));
    CHECK(!fault_of(of_set(hs().jwk())->verify(hs().issue(good_claims), now)));
    for (const token_issuer* issuer : {&rs(), &es()}) {
        const std::string token = issuer->issue(good_claims);
        CHECK(!fault_of(of_pem(issuer->public_pem())->verify(token, now)));
        CHECK(!fault_of(of_set(issuer->jwk())->verify(token, now)));
    }
}

TEST_CASE("what another library signs is taken") {
    const auto signed_by = [](jwt_alg_t algorithm, const std::string& key) {
        jwt_t* made = nullptr;
        REQUIRE(jwt_new(&made) == 0);
        jwt_add_grant(made, "sub", "ann");
        jwt_add_grant_int(made, "exp", 1'700'000'060);
        REQUIRE(jwt_set_alg(made, algorithm, reinterpret_cast<const unsigned char*>(key.data()),
                            static_cast<int>(key.size())) == 0);
        char* const text = jwt_encode_str(made);
        std::string token(text);
        std::free(text);
        jwt_free(made);
        return token;
    };
    CHECK(!fault_of(of_secret()->verify(signed_by(JWT_ALG_HS256, hs().secret()), now)));
    CHECK(!fault_of(
        of_pem(rs().public_pem())->verify(signed_by(JWT_ALG_RS256, rs().private_pem()), now)));
    CHECK(!fault_of(
        of_pem(es().public_pem())->verify(signed_by(JWT_ALG_ES256, es().private_pem()), now)));
}

// ---- signatures

TEST_CASE("the examples of RFC 7515 have been signed with their keys") {
    struct example {
        const char* jwk;
        const char* text;
        const char* signature;
    };
    const char* const claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGx"
                               "lLmNvbS9pc19yb290Ijp0cnVlfQ";
    const example examples[] = {
        {R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
         "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
        {R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"})",
         "eyJhbGciOiJSUzI1NiJ9",
         "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
         "O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
         "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
         "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB"
         "p0igcN_IoypGlUPQGe77Rw"},
        {R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
         "eyJhbGciOiJFUzI1NiJ9",
         "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"}};
    for (const example& one : examples) {
        const auto token = std::string(one.text) + '.' + claims + '.' + one.signature;
        // Joe's is no user's: but that is known only once the signature holds.
        CHECK(fault_of(of_set(one.jwk)->verify(token, 1'300'000'000s)) == token_fault::bad_claims);
        CHECK(fault_of(of_set(one.jwk)->verify(token, 1'300'819'411s)) == token_fault::expired);
    }
}

TEST_CASE("a token of which any character is changed is refused") {
    const auto verifiers = {of_secret(), of_pem(rs().public_pem()), of_pem(es().public_pem())};
    auto verifier = verifiers.begin();
    for (const token_issuer* issuer : {&hs(), &rs(), &es()}) {
        const std::string token = issuer->issue(good_claims);
        REQUIRE_FALSE(fault_of((*verifier)->verify(token, now)));
        for (std::size_t i = 0; i < token.size(); ++i) {
            std::string changed = token;
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            CHECK_MESSAGE(fault_of((*verifier)->verify(changed, now)), i);
        }
        ++verifier;
    }
}

TEST_CASE("the algorithm is the key's, whatever the header says") {
    const std::string pem = rs().public_pem();
    const auto forger = token_issuer::hs256(pem); // who has the public key, as everybody may
    CHECK(fault_of(of_pem(pem)->verify(forger.issue(good_claims), now)) == token_fault::untrusted);
    CHECK(fault_of(of_set(rs().jwk())->verify(forger.issue(good_claims), now)) ==
          token_fault::untrusted);
    CHECK(fault_of(of_pem(pem)->verify(es().issue(good_claims), now)) == token_fault::untrusted);
    const std::string claimed = rs().issue(R"({"alg":"ES256"})", good_claims);
    CHECK(fault_of(of_set(rs().jwk() + ',' + es().jwk())->verify(claimed, now)) ==
          token_fault::untrusted);
}

TEST_CASE("a token without a signature is refused, however it says so") {
    for (const std::string_view none : {"none", "None", "NONE", ""}) {
        const std::string head = base64url(R"({"alg":")" + std::string(none) + R"("})");
        CHECK(fault_of(of_secret()->verify(head + '.' + base64url(good_claims) + '.', now)) ==
              token_fault::untrusted);
        CHECK(fault_under(R"({"alg":")" + std::string(none) + R"("})") == token_fault::untrusted);
    }
    const std::string unsigned_one = base64url(header) + '.' + base64url(good_claims) + '.';
    CHECK(fault_of(of_secret()->verify(unsigned_one, now)) == token_fault::untrusted);
}

TEST_CASE("an ES256 signature is two numbers side by side, not in DER and not of another length") {
    const auto verifier = of_pem(es().public_pem());
    const std::string text = base64url(R"({"alg":"ES256"})") + '.' + base64url(good_claims);
    const std::string raw = es().signature_of(text);
    const auto fault_with = [&](std::string_view signature) {
        return fault_of(verifier->verify(text + '.' + base64url(signature), now));
    };
    CHECK_FALSE(fault_with(raw));
    CHECK(fault_with(es().der_signature_of(text)) == token_fault::untrusted);
    CHECK(fault_with(raw.substr(1)) == token_fault::untrusted);
    CHECK(fault_with(raw + '\0') == token_fault::untrusted);
    CHECK(fault_with(std::string(64, '\0')) == token_fault::untrusted);
    CHECK(fault_with(std::string(64, '\xff')) == token_fault::untrusted);
}

// ---- headers

TEST_CASE("the header names one of the set's keys, or none") {
    const auto other = token_issuer::es256();
    const auto verifier = of_set(es().jwk(R"(,"kid":"new")") + ',' + other.jwk(R"(,"kid":"old")"));
    const auto fault_by = [&](const token_issuer& issuer, std::string_view more) {
        return fault_of(verifier->verify(
            issuer.issue(R"({"alg":"ES256")" + std::string(more) + '}', good_claims), now));
    };
    CHECK_FALSE(fault_by(es(), R"(,"kid":"new")"));
    CHECK_FALSE(fault_by(other, R"(,"kid":"old")"));
    CHECK_FALSE(fault_by(other, ""));
    CHECK(fault_by(es(), R"(,"kid":"old")") == token_fault::untrusted);
    CHECK(fault_by(es(), R"(,"kid":"unknown")") == token_fault::untrusted);
    CHECK(fault_by(es(), R"(,"kid":7)") == token_fault::malformed);
    CHECK(fault_by(token_issuer::es256(), "") == token_fault::untrusted);
}

TEST_CASE("a key without a name is for tokens that name any") {
    CHECK_FALSE(fault_under(R"({"alg":"HS256","kid":"any"})"));
}

TEST_CASE("a header may say more, as long as nothing of it must be understood") {
    CHECK_FALSE(fault_under(R"({"alg":"HS256","typ":"at+jwt","x":{"y":[1]}})"));
    CHECK(fault_under(R"({"alg":"HS256","crit":["exp"],"exp":1})") == token_fault::untrusted);
    CHECK(fault_under(R"({"alg":"HS256","crit":[]})") == token_fault::untrusted);
}

TEST_CASE("a header without a known algorithm is refused") {
    for (const std::string_view head :
         {"{}", R"({"alg":7})", R"({"alg":"hs256"})", R"({"alg":"HS512"})", R"({"alg":["HS256"]})"})
        CHECK(fault_under(head) == token_fault::untrusted);
    for (const std::string_view head :
         {"", "[]", "null", "HS256", R"({"alg":"HS256")", R"({"alg":"HS256"}x)",
          R"({"alg":"none","alg":"HS256"})", "{\"alg\":\"HS256\",\"x\":\"\xff\"}"})
        CHECK(fault_under(head) == token_fault::malformed);
}

// ---- forms

TEST_CASE("what is no token is refused") {
    const std::string good = hs().issue(good_claims);
    const std::string head = base64url(header);
    for (const std::string& text :
         {std::string(), std::string("."), std::string(".."), std::string("..."), head, head + '.',
          good + '.', '.' + good, good + "=", good + "\n", ' ' + good, good + '.' + head,
          std::string(3000, '.'), std::string("\0.\0.\0", 5), "Bearer " + good})
        CHECK(fault_of(of_secret()->verify(text, now)) == token_fault::malformed);
}

TEST_CASE("a token that is too long is refused before it is read") {
    const std::string token = hs().issue(good_claims);
    CHECK_FALSE(fault_of(of_secret({.max_bytes = token.size()})->verify(token, now)));
    CHECK(fault_of(of_secret({.max_bytes = token.size() - 1})->verify(token, now)) ==
          token_fault::malformed);
}

TEST_CASE("claims that are no object, too deep, too many, or named twice are refused") {
    const auto nested = [](std::size_t depth) {
        return R"({"sub":"ann","exp":1700000060,"x":)" + std::string(depth, '[') +
               std::string(depth, ']') + '}';
    };
    CHECK_FALSE(fault_in(nested(15)));
    std::string many = R"({"sub":"ann","exp":1700000060,"x":[0)";
    for (int i = 0; i < 2000; ++i)
        many += ",0";
    for (const std::string& text :
         {nested(16), nested(3000), many + "]}", std::string("[]"), std::string("7"), std::string(),
          good_claims + good_claims, std::string(R"({"sub":"ann","sub":"bob","exp":1700000060})"),
          std::string(R"({"sub":"ann","exp":1,"exp":1700000060})"),
          std::string("{\"sub\":\"\xc3\x28\",\"exp\":1700000060}")})
        CHECK(fault_in(text) == token_fault::malformed);
    const std::string signed_part = base64url(header) + ".!";
    CHECK(
        fault_of(of_secret()->verify(signed_part + '.' + base64url(hs().signature_of(signed_part)),
                                     now)) == token_fault::malformed);
}

// ---- claims

TEST_CASE("a token counts until its expiry and the skew of clocks, and no longer") {
    const token_options exact{.clock_skew = 0s};
    CHECK_FALSE(fault_in(good_claims, exact, 1'700'000'060s - 1ms));
    CHECK(fault_in(good_claims, exact, 1'700'000'060s) == token_fault::expired);
    CHECK_FALSE(fault_in(good_claims, {}, 1'700'000'090s - 1ms));
    CHECK(fault_in(good_claims, {}, 1'700'000'090s) == token_fault::expired);
}

TEST_CASE("a token counts from its beginning, less the skew of clocks") {
    const std::string claims = R"({"sub":"ann","exp":1700000060,"nbf":1700000000})";
    const token_options exact{.clock_skew = 0s};
    CHECK_FALSE(fault_in(claims, exact, now));
    CHECK(fault_in(claims, exact, now - 1ms) == token_fault::not_yet_valid);
    CHECK_FALSE(fault_in(claims, {}, now - 30s));
    CHECK(fault_in(claims, {}, now - 30s - 1ms) == token_fault::not_yet_valid);
}

TEST_CASE("a token must expire, unless that is not asked for") {
    const std::string claims = R"({"sub":"ann"})";
    CHECK(fault_in(claims) == token_fault::bad_claims);
    const auto verdict = of_secret({.require_expiry = false})->verify(hs().issue(claims), now);
    CHECK(std::get<good_token>(verdict).expires_at == std::nullopt);
}

TEST_CASE("times are seconds since the epoch, up to the year 9999") {
    for (const std::string_view time : {"\"1700000060\"", "null", "-1", "1700000060000", "1e300",
                                        "[1700000060]", "true", "18446744073709551615"}) {
        CHECK(fault_in(R"({"sub":"ann","exp":)" + std::string(time) + '}') ==
              token_fault::bad_claims);
        CHECK(fault_in(R"({"sub":"ann","exp":1700000060,"nbf":)" + std::string(time) + '}') ==
              token_fault::bad_claims);
    }
}

TEST_CASE("the issuer must be the one that is expected, where one is") {
    const auto fault_of_issuer = [](std::string_view issuer, const std::string& expected) {
        return fault_in(R"({"sub":"ann","exp":1700000060,"iss":)" + std::string(issuer) + '}',
                        {.issuer = expected});
    };
    CHECK_FALSE(fault_of_issuer("\"https://id\"", "https://id"));
    CHECK_FALSE(fault_of_issuer("\"anyone\"", ""));
    for (const std::string_view other :
         {"\"https://id/\"", "\"HTTPS://ID\"", "null", "[\"https://id\"]", "\"\""})
        CHECK(fault_of_issuer(other, "https://id") == token_fault::wrong_issuer);
    CHECK(fault_in(good_claims, {.issuer = "https://id"}) == token_fault::wrong_issuer);
}

TEST_CASE("the audience must be, or contain, the one that is expected, where one is") {
    const auto fault_of_audience = [](std::string_view audience) {
        return fault_in(R"({"sub":"ann","exp":1700000060,"aud":)" + std::string(audience) + '}',
                        {.audience = "chat"});
    };
    CHECK_FALSE(fault_of_audience("\"chat\""));
    CHECK_FALSE(fault_of_audience(R"(["mail","chat"])"));
    for (const std::string_view other : {"\"chats\"", "[]", R"(["mail"])", R"([["chat"]])", "null",
                                         R"({"chat":true})", "[null,7]"})
        CHECK(fault_of_audience(other) == token_fault::wrong_audience);
    CHECK(fault_in(good_claims, {.audience = "chat"}) == token_fault::wrong_audience);
    CHECK_FALSE(fault_in(R"({"sub":"ann","exp":1700000060,"aud":"any"})"));
}

TEST_CASE("the subject is a user's name: text of 1 to 128 bytes without control characters") {
    const auto fault_of_subject = [](const std::string& subject) {
        return fault_in(R"({"exp":1700000060,"sub":)" + subject + '}');
    };
    CHECK_FALSE(fault_of_subject('"' + std::string(128, 'a') + '"'));
    CHECK_FALSE(fault_of_subject("\"auth0|Änn: 1\""));
    for (const std::string& other :
         {'"' + std::string(129, 'a') + '"', std::string("\"\""), std::string("7"),
          std::string("null"), std::string("[\"ann\"]"), std::string(R"("a\nb")"),
          std::string(R"("a\u0000b")")})
        CHECK(fault_of_subject(other) == token_fault::bad_claims);
    CHECK(fault_in(R"({"exp":1700000060})") == token_fault::bad_claims);
}

TEST_CASE("what people are told of a token holds nothing of it") {
    const std::string claims = R"({"sub":7,"exp":1700000060,"iss":"hidden","aud":"hidden"})";
    for (const auto& options :
         {token_options{}, token_options{.issuer = "me"}, token_options{.audience = "me"}}) {
        const auto verdict = of_secret(options)->verify(hs().issue(claims), now);
        const std::string message = std::get<bad_token>(verdict).message;
        CHECK(message.find("hidden") == message.npos);
    }
}

// ---- threads

TEST_CASE("several threads may ask one verifier at once") {
    const auto verifier = of_set(rs().jwk() + ',' + es().jwk() + ',' + hs().jwk());
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (const token_issuer* issuer : {&hs(), &rs(), &es()})
        threads.emplace_back([&, token = issuer->issue(good_claims)] {
            for (int i = 0; i < 100; ++i)
                good += std::holds_alternative<good_token>(verifier->verify(token, now)) ? 1 : 0;
        });
    for (auto& thread : threads)
        thread.join();
    CHECK(good == 300);
}

} // namespace sockeye::app
