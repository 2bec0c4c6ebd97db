#pragma once

#include <sockeye/app/tokens.hpp>

#include <string_view>

namespace sockeye::app {

/// Whose a token is, and whether it is good now and here, by the JSON of its claims.
token_verdict check_claims(std::string_view text, const token_options& options, milliseconds now);

} // namespace sockeye::app
