#include "tokens/token_claims.hpp"

#include "names.hpp"
#include "tokens/compact_token.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::app {

using socketio::object;
using socketio::value;

namespace {

using refusal = std::optional<bad_token>;

/// A NumericDate (RFC 7519 §2), in milliseconds; none where it is no time.
std::optional<milliseconds> date_in(const value& claim) {
    constexpr double last = 253'402'300'799; // of the year 9999
    if (!claim.is_number()) return std::nullopt;
    const double since_epoch = claim.as_double();
    if (!(since_epoch >= 0 && since_epoch <= last)) return std::nullopt;
    return milliseconds(static_cast<std::int64_t>(since_epoch * 1000));
}

bad_token no_date(const std::string& name) {
    return {token_fault::bad_claims, "the token's '" + name + "' is no time in seconds"};
}

refusal check_expiry(const object& claims, const token_options& options, milliseconds now,
                     good_token& into) {
    const value* const claim = claims.find("exp");
    if (!claim) {
        if (!options.require_expiry) return std::nullopt;
        return bad_token{token_fault::bad_claims, "the token does not say when it expires ('exp')"};
    }
    const auto expiry = date_in(*claim);
    if (!expiry) return no_date("exp");
    into.expires_at = *expiry + options.clock_skew;
    if (now >= *into.expires_at) return bad_token{token_fault::expired, "the token has expired"};
    return std::nullopt;
}

refusal check_begin(const object& claims, const token_options& options, milliseconds now) {
    const value* const claim = claims.find("nbf");
    if (!claim) return std::nullopt;
    const auto begin = date_in(*claim);
    if (!begin) return no_date("nbf");
    if (now < *begin - options.clock_skew)
        return bad_token{token_fault::not_yet_valid, "the token is not valid yet"};
    return std::nullopt;
}

refusal check_issuer(const object& claims, const token_options& options) {
    const value* const claim = claims.find("iss");
    if (options.issuer.empty() || (claim && *claim == value(options.issuer))) return std::nullopt;
    return bad_token{token_fault::wrong_issuer, "the token is from another issuer"};
}

refusal check_audience(const object& claims, const token_options& options) {
    if (options.audience.empty()) return std::nullopt;
    const value wanted(options.audience);
    const value* const claim = claims.find("aud"); // one, or several
    const auto* const several = claim ? claim->get_if<socketio::array>() : nullptr;
    if (claim && (*claim == wanted || (several && std::ranges::count(*several, wanted) > 0)))
        return std::nullopt;
    return bad_token{token_fault::wrong_audience, "the token is for another audience"};
}

refusal read_user(const object& claims, good_token& into) {
    const value* const claim = claims.find("sub");
    const auto* const user = claim ? claim->get_if<std::string>() : nullptr;
    if (!user || !is_name(*user))
        return bad_token{token_fault::bad_claims,
                         "the token's 'sub' must be a user's name: " + std::string(name_rule)};
    into.user = *user;
    return std::nullopt;
}

} // namespace

token_verdict check_claims(std::string_view text, const token_options& options, milliseconds now) {
    auto claims = read_token_json(text);
    if (!claims) return bad_token{token_fault::malformed, "the token's claims cannot be read"};
    good_token made;
    refusal why = check_expiry(*claims, options, now, made);
    if (!why) why = check_begin(*claims, options, now);
    if (!why) why = check_issuer(*claims, options);
    if (!why) why = check_audience(*claims, options);
    if (!why) why = read_user(*claims, made);
    if (why) return *std::move(why);
    made.claims = *std::move(claims);
    return made;
}

} // namespace sockeye::app
