#pragma once

#include <string>
#include <string_view>

namespace sockeye::app {

/// Runs any transaction: its conditions, its steps, and what these are left out for.
extern const std::string_view transaction_script;
/// How Redis knows it: hexadecimal SHA-1.
[[nodiscard]] const std::string& transaction_script_digest();

} // namespace sockeye::app
