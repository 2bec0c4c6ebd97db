#pragma once

#include <sockeye/app/tokens.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace sockeye::app {

enum class token_algorithm : std::uint8_t { hs256, rs256, es256 };

/// A token taken apart (RFC 7515 §7.1), before anything of it is trusted. Refers to its text.
struct compact_token {
    token_algorithm algorithm; // that its header claims
    std::optional<std::string> key_id = {};
    std::string_view signed_part;
    std::string signature = {};
    std::string_view payload; // in base64url
};

std::variant<compact_token, bad_token> take_apart(std::string_view text, std::size_t max_bytes);

/// JSON of a token's: an object without repeated keys, and no deeper than tokens have reason to be.
std::optional<socketio::object> read_token_json(std::string_view text);

} // namespace sockeye::app
