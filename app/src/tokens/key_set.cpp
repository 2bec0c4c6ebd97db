#include "tokens/key_set.hpp"

#include "codec/json.hpp"
#include "codec/text.hpp"

#include <stdexcept>

namespace sockeye::app {

using socketio::value;

namespace {

// A token that names no key is tried with each.
constexpr std::size_t max_keys = 32;

value read_json(std::string_view text) {
    value read;
    const socketio::parser_limits limits{.max_depth = 16, .repeated_keys = false};
    if (!socketio::is_utf8(text) || !socketio::parse_json(text, limits, read))
        throw std::runtime_error("this is no JSON");
    return read;
}

std::string describe(const value& jwk, std::size_t index) {
    const value* const id = jwk.find("kid");
    return id && id->is_string() ? "key '" + id->as_string() + "'"
                                 : "key " + std::to_string(index + 1);
}

std::optional<signing_key> read_key(const value& jwk, std::size_t index) {
    try {
        if (!jwk.is_object()) throw std::runtime_error("this is no object");
        return signing_key::from_jwk(jwk.as_object());
    } catch (const std::runtime_error& why) {
        throw std::runtime_error(describe(jwk, index) + ": " + why.what());
    }
}

} // namespace

std::vector<signing_key> read_key_set(std::string_view json) {
    const value set = read_json(json);
    const value* const keys = set.find("keys");
    if (!keys || !keys->is_array())
        throw std::runtime_error("this is no set of keys: {\"keys\":[…]}");
    const auto& listed = keys->as_array();
    if (listed.size() > max_keys)
        throw std::runtime_error("there are more than " + std::to_string(max_keys) + " keys");
    std::vector<signing_key> made;
    for (std::size_t i = 0; i < listed.size(); ++i)
        if (auto key = read_key(listed[i], i)) made.push_back(*std::move(key));
    if (made.empty()) throw std::runtime_error("none of its keys is for HS256, RS256 or ES256");
    return made;
}

} // namespace sockeye::app
