#pragma once

#include <sockeye/app/config.hpp>

#include <map>
#include <string>
#include <string_view>

namespace sockeye::app {

/// Where each setting that is told was told, by its name.
using config_places = std::map<std::string_view, std::string>;

bool has_token_keys(const server_config& config);

/// What no setting can tell alone: whether files are there, addresses can be used, and settings go
/// together. Throws config_error.
void check_config(const server_config& config, const config_places& places);

} // namespace sockeye::app
