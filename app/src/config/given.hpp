#pragma once

#include "config/settings.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::app {

/// A value as it was written, and where.
struct given_value {
    const setting* of;
    std::string text;
    std::string place; // such as "--port" or "sockeye.toml:3: port"
};

/// What one source says.
struct given {
    std::vector<given_value> values;
    std::optional<std::string> config_file = {};
};

/// `name` is none of `known`: says which of these may have been meant.
config_error unknown_name(const std::string& place, std::string_view what, std::string_view name,
                          const std::vector<std::string>& known);

} // namespace sockeye::app
