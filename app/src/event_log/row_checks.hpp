#pragma once

#include "event_log/rows.hpp"

/// What a caller is told of rows that no database is asked to take. Empty: they are good.
namespace sockeye::app {

[[nodiscard]] std::string wrong_with(const event_row& row, const event_log_options& options);
[[nodiscard]] std::string wrong_with(const session_row& row, const event_log_options& options);
[[nodiscard]] std::string wrong_with(const usage_row& row, const event_log_options& options);
[[nodiscard]] std::string wrong_with_name(std::string_view text, const std::string& what);

} // namespace sockeye::app
