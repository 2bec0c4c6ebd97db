// Whatever the bytes: as a token they are refused, or taken apart into what makes them up again; as
// claims they are refused, or a user's, until a time that is ahead; as keys they are refused or
// not.
#include "names.hpp"
#include "tokens/compact_token.hpp"
#include "tokens/key_set.hpp"
#include "tokens/token_claims.hpp"

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

using namespace sockeye::app;

static void require(bool holds) {
    if (!holds) std::abort();
}

static void as_token(std::string_view text) {
    const auto read = take_apart(text, 4096);
    const auto* const token = std::get_if<compact_token>(&read);
    if (!token) return;
    require(text.starts_with(token->signed_part) && token->signed_part.ends_with(token->payload));
    require(text.size() <= 4096 && text[token->signed_part.size()] == '.');
}

static void as_claims(std::string_view text) {
    constexpr milliseconds now = seconds(1'700'000'000);
    const auto verdict = check_claims(text, {.audience = "chat", .require_expiry = false}, now);
    const auto* const good = std::get_if<good_token>(&verdict);
    if (!good) return;
    require(is_name(good->user) && good->claims.find("aud"));
    require(!good->expires_at || *good->expires_at > now);
}

static void as_keys(std::string_view text) {
    try {
        require(!read_key_set(text).empty());
    } catch (const std::runtime_error&) {
    }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    as_token(text);
    as_claims(text);
    as_keys(text);
    return 0;
}
