#include "tokens/compact_token.hpp"

#include "codec/json.hpp"
#include "codec/text.hpp"
#include "tokens/base64url.hpp"

#include <array>
#include <utility>

namespace sockeye::app {

using socketio::object;
using socketio::value;

namespace {

bad_token malformed() {
    return {token_fault::malformed, "this is no signed token"};
}

std::optional<token_algorithm> algorithm_of(const object& header) {
    const value* const name = header.find("alg");
    const auto* const text = name ? name->get_if<std::string>() : nullptr;
    if (!text) return std::nullopt;
    if (*text == "HS256") return token_algorithm::hs256;
    if (*text == "RS256") return token_algorithm::rs256;
    if (*text == "ES256") return token_algorithm::es256;
    return std::nullopt;
}

std::optional<bad_token> read_header(std::string_view encoded, compact_token& into) {
    const auto text = decode_base64url(encoded);
    const auto header = text ? read_token_json(*text) : std::nullopt;
    if (!header) return malformed();
    const auto algorithm = algorithm_of(*header);
    if (!algorithm)
        return bad_token{token_fault::untrusted, "the token's algorithm is not accepted"};
    into.algorithm = *algorithm;
    // What must be understood (RFC 7515 §4.1.11), and is not.
    if (header->find("crit"))
        return bad_token{token_fault::untrusted,
                         "the token needs an extension that is not known here"};
    if (const value* const id = header->find("kid")) {
        if (!id->is_string()) return malformed();
        into.key_id = id->as_string();
    }
    return std::nullopt;
}

} // namespace

std::optional<object> read_token_json(std::string_view text) {
    const socketio::parser_limits limits{
        .max_depth = 16, .max_elements = 2000, .repeated_keys = false};
    value read;
    if (!socketio::is_utf8(text) || !socketio::parse_json(text, limits, read) || !read.is_object())
        return std::nullopt;
    return std::move(read.as_object());
}

std::variant<compact_token, bad_token> take_apart(std::string_view text, std::size_t max_bytes) {
    if (text.size() > max_bytes) return bad_token{token_fault::malformed, "the token is too long"};
    const std::size_t first = text.find('.');
    const std::size_t last = text.rfind('.');
    if (first == last || text.find('.', first + 1) != last) return malformed();
    compact_token made{.signed_part = text.substr(0, last),
                       .payload = text.substr(first + 1, last - first - 1)};
    auto signature = decode_base64url(text.substr(last + 1));
    if (!signature) return malformed();
    made.signature = *std::move(signature);
    if (auto bad = read_header(text.substr(0, first), made)) return *std::move(bad);
    return made;
}

} // namespace sockeye::app
