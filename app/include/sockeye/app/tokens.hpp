#pragma once

#include <sockeye/socketio/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace sockeye::app {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Where the keys of tokens come from: any of these, or several. A key is for one algorithm, which
// follows from what the key is: nothing that a token says changes it.
struct token_sources {
    std::string secret = {};    // for HS256, 32 bytes or more
    std::string key_file = {};  // a public key in PEM: RSA for RS256, P-256 for ES256
    std::string jwks_file = {}; // a set of keys as JSON (RFC 7517)
};

struct token_options {
    std::string issuer = {};          // what `iss` must be; empty: anything
    std::string audience = {};        // what `aud` must be or contain; empty: anything
    seconds clock_skew = seconds(30); // that the issuer's clock and ours may differ by
    bool require_expiry = true;       // a token without `exp` is refused
    std::size_t max_bytes = 8 * 1024; // of a token
};

enum class token_fault : std::uint8_t {
    malformed,      // not a signed token at all
    untrusted,      // not signed with a key of ours
    expired,        // `exp` is past
    not_yet_valid,  // `nbf` is ahead
    wrong_issuer,   // `iss`
    wrong_audience, // `aud`
    bad_claims,     // `sub` or a time is missing, or is none
};

struct bad_token {
    token_fault fault;
    std::string message; // for people; holds nothing of the token's
};

struct good_token {
    std::string user;                            // `sub`
    std::optional<milliseconds> expires_at = {}; // since the epoch: `exp` and the skew
    socketio::object claims = {};
};

using token_verdict = std::variant<good_token, bad_token>;

// Tells whose a token is: a JWT (RFC 7519) that is signed with HS256, RS256 or ES256. Never
// changes, so that it may be used from any thread; new keys make a new one.
class token_verifier {
public:
    // Throws std::runtime_error, which says what is wrong with which key and what helps.
    explicit token_verifier(const token_sources& keys, token_options options = {});
    ~token_verifier();
    token_verifier(const token_verifier&) = delete;
    token_verifier& operator=(const token_verifier&) = delete;

    // `now`: since the epoch.
    [[nodiscard]] token_verdict verify(std::string_view token, milliseconds now) const;

private:
    struct state;
    const std::unique_ptr<const state> state_;
};

} // namespace sockeye::app
