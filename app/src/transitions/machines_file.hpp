#pragma once

#include <sockeye/app/state_machine.hpp>

#include <string>
#include <vector>

namespace sockeye::app {

/// An array of state machines in JSON, each as read_machine() takes it. Throws
/// std::invalid_argument, which says what is wrong and where.
std::vector<state_machine> read_machines_file(const std::string& path);

} // namespace sockeye::app
