#include <sockeye/engineio/log.hpp>

#include <cstdio>

namespace sockeye::engineio {
namespace {

std::string_view name_of(log_level level) {
    switch (level) {
    case log_level::debug:
        return "debug";
    case log_level::info:
        return "info";
    case log_level::warning:
        return "warning";
    case log_level::error:
        return "error";
    }
    return "";
}

} // namespace

void log_to_standard_error(log_level level, std::string_view line) {
    if (level < log_level::warning) return;
    const std::string_view name = name_of(level);
    std::fprintf(stderr, "sockeye %.*s: %.*s\n", static_cast<int>(name.size()), name.data(),
                 static_cast<int>(line.size()), line.data());
}

} // namespace sockeye::engineio
