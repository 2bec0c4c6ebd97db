#include "tokens/base64url.hpp"
#include "tokens/compact_token.hpp"
#include "tokens/key_set.hpp"
#include "tokens/signing_key.hpp"
#include "tokens/token_claims.hpp"

#include <sockeye/app/tokens.hpp>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace sockeye::app {

struct token_verifier::state {
    std::vector<signing_key> keys;
    token_options options;
};

namespace {

std::string content_of(const std::string& path) {
    constexpr std::size_t max_bytes = 1024 * 1024;
    std::ifstream file(path, std::ios::binary);
    std::string content(max_bytes + 1, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (!file.is_open() || file.bad())
        throw std::runtime_error("it cannot be read: " + std::generic_category().message(errno));
    content.resize(static_cast<std::size_t>(file.gcount()));
    if (content.size() > max_bytes) throw std::runtime_error("it is too large for a file of keys");
    return content;
}

/// What `read` throws says where it comes from.
template<class Read>
auto named(const std::string& source, Read read) {
    try {
        return read();
    } catch (const std::runtime_error& why) {
        throw std::runtime_error(source + ": " + why.what());
    }
}

std::vector<signing_key> load(const token_sources& from) {
    std::vector<signing_key> keys;
    if (!from.jwks_file.empty())
        keys = named(from.jwks_file, [&] { return read_key_set(content_of(from.jwks_file)); });
    if (!from.key_file.empty())
        keys.push_back(
            named(from.key_file, [&] { return signing_key::from_pem(content_of(from.key_file)); }));
    if (!from.secret.empty())
        keys.push_back(
            named("the token secret", [&] { return signing_key::from_secret(from.secret); }));
    if (keys.empty())
        throw std::runtime_error("tokens need a secret, a key file or a file of keys");
    return keys;
}

/// A key without a name is for tokens of any, and a token without one may be of any key.
bool may_be_of(const compact_token& token, const signing_key& key) {
    return key.algorithm() == token.algorithm &&
           (!key.id() || !token.key_id || *key.id() == *token.key_id);
}

} // namespace

token_verifier::token_verifier(const token_sources& keys, token_options options)
    : state_(std::make_unique<const state>(state{load(keys), std::move(options)})) {}

token_verifier::~token_verifier() = default;

token_verdict token_verifier::verify(std::string_view token, milliseconds now) const {
    const auto read = take_apart(token, state_->options.max_bytes);
    if (const auto* bad = std::get_if<bad_token>(&read)) return *bad;
    const auto& taken = *std::get_if<compact_token>(&read);
    const bool trusted = std::ranges::any_of(state_->keys, [&](const signing_key& key) {
        return may_be_of(taken, key) && key.has_signed(taken.signed_part, taken.signature);
    });
    if (!trusted)
        return bad_token{token_fault::untrusted,
                         "the token is not signed with a key that is trusted here"};
    const auto claims = decode_base64url(taken.payload);
    if (!claims) return bad_token{token_fault::malformed, "the token's claims cannot be read"};
    return check_claims(*claims, state_->options, now);
}

} // namespace sockeye::app
