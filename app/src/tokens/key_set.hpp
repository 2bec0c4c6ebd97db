#pragma once

#include "tokens/signing_key.hpp"

#include <string_view>
#include <vector>

namespace sockeye::app {

/// The keys of a JWK Set (RFC 7517 §5) that are for tokens; throws std::runtime_error where one is
/// not to be used, or none is left.
std::vector<signing_key> read_key_set(std::string_view json);

} // namespace sockeye::app
