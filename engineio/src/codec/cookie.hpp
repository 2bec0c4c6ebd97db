#pragma once

#include <sockeye/engineio/cookie.hpp>

#include <string>
#include <string_view>

namespace sockeye::engineio {

// The value of a Set-Cookie header; empty if the name, domain or path could not be in one.
std::string serialize_cookie(const cookie_options& options, std::string_view value);

} // namespace sockeye::engineio
