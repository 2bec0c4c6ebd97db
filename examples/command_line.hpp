#pragma once

// As much of a command line as the examples need.

#include <charconv>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace examples {

// What stands behind `name`, if it is given.
inline std::optional<std::string_view> option(int argc, char** argv, std::string_view name) {
    for (int i = 1; i < argc; ++i)
        if (argv[i] == name) return i + 1 < argc ? argv[i + 1] : "";
    return std::nullopt;
}

inline unsigned number(int argc, char** argv, std::string_view name, unsigned otherwise,
                       unsigned max) {
    const auto text = option(argc, argv, name);
    if (!text) return otherwise;
    unsigned value = 0;
    const auto end = text->data() + text->size();
    if (std::from_chars(text->data(), end, value).ptr != end || text->empty() || value > max)
        throw std::invalid_argument(std::string(name) + " takes a number up to " +
                                    std::to_string(max));
    return value;
}

} // namespace examples
