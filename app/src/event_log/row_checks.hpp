#pragma once

#include "event_log/rows.hpp"

/// Throw service_error BAD_REQUEST for what no database is asked to take.
namespace sockeye::app {

void check(const event_row& row, std::size_t max_data_bytes);
void check(const session_row& row, std::size_t max_metadata_bytes);
void check(const usage_row& row);
void check_log_name(std::string_view text, std::string_view what);

} // namespace sockeye::app
