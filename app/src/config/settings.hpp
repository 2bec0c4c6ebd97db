#pragma once

#include "config/value_kinds.hpp"

#include <sockeye/app/config.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::app {

/// Whether a value may be shown: of an address, not the user and the password in it.
enum class secrecy : std::uint8_t { open, address, secret };

/// A row of the table that everything else about settings follows from.
struct setting {
    std::string name; // in a file; flag and variable follow from it
    std::string help;
    value_form form;
    std::string expected;
    std::function<bool(server_config&, std::string_view)> set; // false: not what is expected
    std::function<std::string(const server_config&)> get;      // what `set` takes
    std::string_view group = {};
    secrecy shown = secrecy::open;
    bool at_run_time = false; // may change without a restart

    [[nodiscard]] std::string flag() const;     // "--redis-url"
    [[nodiscard]] std::string variable() const; // "REDIS_URL", "SOCKEYE_LOG_LEVEL"
};

inline constexpr std::string_view variable_prefix = "SOCKEYE_";
inline constexpr std::string_view file_flag = "--config";
inline constexpr std::string_view file_variable = "SOCKEYE_CONFIG";

/// In the order in which they are listed for people.
const std::vector<setting>& settings();

/// The one whose `of` is `wanted`, such as &setting::flag; null if there is none.
template<class Name>
const setting* find_setting(Name of, std::string_view wanted) {
    for (const setting& one : settings())
        if (std::invoke(of, one) == wanted) return &one;
    return nullptr;
}

} // namespace sockeye::app
