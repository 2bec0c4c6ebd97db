#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace sockeye::engineio {

enum class log_level : std::uint8_t { debug, info, warning, error };

// Where lines go is the application's choice; called on any thread. Without one, warnings and
// errors go to standard error.
using logger = std::function<void(log_level, std::string_view line)>;

// What is done without one.
void log_to_standard_error(log_level level, std::string_view line);

} // namespace sockeye::engineio
