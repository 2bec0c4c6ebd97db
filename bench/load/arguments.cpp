#include "arguments.hpp"

namespace sockeye::bench {

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
