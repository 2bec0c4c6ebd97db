#include <sockeye/engineio/counters.hpp>

#include <array>
#include <cstddef>

namespace sockeye::engineio {
namespace {

template<class Number>
using one_of = Number basic_counters<Number>::*;

template<class Number>
constexpr auto numbers = [] {
    using all = basic_counters<Number>;
    return std::to_array<one_of<Number>>({
        &all::connections,
        &all::connections_accepted,
        &all::connections_refused,
        &all::sessions,
        &all::sessions_opened,
        &all::sessions_upgraded,
        &all::connections_moved,
        &all::packets_in,
        &all::packets_out,
        &all::bytes_in,
        &all::bytes_out,
        &all::socket_bytes_in,
        &all::socket_bytes_out,
        &all::writes,
        &all::queued_bytes,
        &all::dropped_volatile,
        &all::dropped_overflow,
        &all::dropped_closed,
        &all::requests,
        &all::requests_timed_out,
        &all::requests_oversized,
        &all::requests_malformed,
        &all::handshakes_limited,
        &all::reads_paused,
    });
}();

constexpr bool are_different() {
    const auto& list = numbers<std::uint64_t>;
    for (std::size_t i = 0; i < list.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (list[i] == list[j]) return false;
    return true;
}

// As many different ones as there is room for: no counter is forgotten.
static_assert(are_different());
static_assert(sizeof(counter_totals) == numbers<std::uint64_t>.size() * sizeof(std::uint64_t) +
                                            sizeof(counter_totals::request_errors) +
                                            sizeof(counter_totals::closed_by));

template<std::size_t Size>
void add(std::array<std::uint64_t, Size>& sum, const std::array<counter, Size>& part) {
    for (std::size_t i = 0; i < Size; ++i)
        sum[i] += part[i].value();
}

} // namespace

void accumulate(counter_totals& totals, const shard_counters& shard) {
    for (std::size_t i = 0; i < numbers<counter>.size(); ++i)
        totals.*numbers<std::uint64_t>[i] += (shard.*numbers<counter>[i]).value();
    add(totals.request_errors, shard.request_errors);
    add(totals.closed_by, shard.closed_by);
}

} // namespace sockeye::engineio
