#pragma once

#include <string>

namespace sockeye::app {

/// Throws a postgres_error where libpq cannot read the URL, or would take a part of the password
/// for something else. libpq's own words quote the URL, so they must not be shown.
void check_postgres_url(const std::string& url);

} // namespace sockeye::app
