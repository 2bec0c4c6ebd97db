#pragma once

#include "config/given.hpp"

namespace sockeye::app {

/// Of lines "NAME=value", in any order. Throws config_error.
given read_environment(const std::vector<std::string>& lines);

} // namespace sockeye::app
