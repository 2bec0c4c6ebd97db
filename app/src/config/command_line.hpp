#pragma once

#include "config/given.hpp"

namespace sockeye::app {

/// What the program is asked for in place of serving.
enum class question : std::uint8_t { none, help, version, print_config, check_config };

struct command_line {
    given said;
    question asked = question::none;
};

/// Throws config_error.
command_line read_command_line(const std::vector<std::string>& arguments);

} // namespace sockeye::app
