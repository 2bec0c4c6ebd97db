#include <sockeye/engineio/counters.hpp>

#include <cstddef>

namespace sockeye::engineio {

// Both structs are the same list of numbers; adding them one by one keeps a new counter from being
// forgotten here.
void accumulate(counter_totals& totals, const shard_counters& shard) {
    constexpr std::size_t count = sizeof(counter_totals) / sizeof(std::uint64_t);
    static_assert(sizeof(counter) == sizeof(std::uint64_t));
    static_assert(sizeof(shard_counters) == count * sizeof(counter));
    auto* sum = reinterpret_cast<std::uint64_t*>(&totals);
    const auto* part = reinterpret_cast<const counter*>(&shard);
    for (std::size_t i = 0; i < count; ++i)
        sum[i] += part[i].value();
}

} // namespace sockeye::engineio
