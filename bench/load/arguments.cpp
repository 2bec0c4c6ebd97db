#include "arguments.hpp"

#include <cstdio>
#include <exception>

namespace sockeye::bench {

int run_program(const char* name, const char* usage, const std::function<int()>& run) {
    try {
        return run();
    } catch (const usage_error& e) {
        std::fprintf(stderr, "%s: %s\n\n%s", name, e.what(), usage);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s: %s\n", name, e.what());
    }
    return 1;
}

void read_arguments(std::span<char* const> from, const setters& with_value, const flags& without) {
    for (std::size_t i = 0; i < from.size(); ++i) {
        const std::string_view name = from[i];
        if (const auto flag = without.find(name); flag != without.end()) {
            *flag->second = true;
            continue;
        }
        const auto found = with_value.find(name);
        if (found == with_value.end()) throw usage_error("unknown option " + std::string(name));
        if (++i == from.size()) throw usage_error("no value for " + std::string(name));
        found->second(from[i]);
    }
}

} // namespace sockeye::bench
