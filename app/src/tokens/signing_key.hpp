#pragma once

#include "tokens/compact_token.hpp"

#include <sockeye/socketio/value.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace sockeye::app {

/// Tells what is signed with it, with the one algorithm that it is for. What cannot be used, or is
/// too weak, throws std::runtime_error with a text for the operator.
class signing_key {
public:
    static signing_key from_secret(std::string secret, std::optional<std::string> id = {});
    /// RSA or P-256.
    static signing_key from_pem(std::string_view text);
    /// None: a key for something else, which sets of keys may well contain.
    static std::optional<signing_key> from_jwk(const socketio::object& jwk);

    [[nodiscard]] token_algorithm algorithm() const { return algorithm_; }
    [[nodiscard]] const std::optional<std::string>& id() const { return id_; }
    [[nodiscard]] bool has_signed(std::string_view text, std::string_view signature) const;

private:
    using public_key = std::shared_ptr<evp_pkey_st>;
    signing_key(token_algorithm algorithm, std::optional<std::string> id)
        : algorithm_(algorithm), id_(std::move(id)) {}
    static signing_key from_public_key(public_key key, std::optional<std::string> id);

    token_algorithm algorithm_;
    std::optional<std::string> id_;
    std::string secret_;    // of HS256
    public_key public_key_; // of the others
};

} // namespace sockeye::app
