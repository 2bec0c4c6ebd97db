#pragma once

#include <string>
#include <string_view>

namespace sockeye::engineio {

inline constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Appends the base64 form of `bytes`, with padding (RFC 4648 §4).
void base64_encode(std::string& out, std::string_view bytes);

/// Appends the URL-safe form of `bytes`, without padding (RFC 4648 §5).
void base64url_encode(std::string& out, std::string_view bytes);

/// Appends what `text` stands for. Nothing is refused, as in Node.js, whose clients may rely on
/// it: either alphabet counts, other characters are passed over, the first '=' ends the text,
/// padding may be missing, and a last group of a single character is dropped.
void base64_decode(std::string& out, std::string_view text);

} // namespace sockeye::engineio
