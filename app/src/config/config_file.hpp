#pragma once

#include "config/given.hpp"

namespace sockeye::app {

/// Of a file in TOML. `named_by`: the flag or the variable. Throws config_error.
given read_config_file(const std::string& path, std::string_view named_by);

/// Of its text.
given parse_config(std::string_view text, const std::string& path);

} // namespace sockeye::app
