#pragma once

#include "config/config_checks.hpp"

#include <string>

namespace sockeye::app {

/// For --help.
std::string help_text();

/// For --print-config: a file in TOML that says the same, but for secrets, and where each came
/// from.
std::string config_text(const server_config& config, const config_places& places);

} // namespace sockeye::app
