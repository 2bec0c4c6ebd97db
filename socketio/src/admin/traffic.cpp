#include "admin/traffic.hpp"

#include <string_view>
#include <utility>

namespace sockeye::socketio::admin {
namespace {

constexpr std::size_t first_disconnection = static_cast<std::size_t>(measure::raw_disconnection);
constexpr std::string_view names[] = {"rawConnection", "packetsIn", "bytesIn",
                                      "packetsOut",    "bytesOut",  "rawDisconnection"};

value aggregated_event(std::int64_t second, std::size_t what, std::uint64_t count) {
    object event{{"timestamp", second * 1000}};
    if (what < first_disconnection) {
        event["type"] = names[what];
    } else {
        event["type"] = names[first_disconnection];
        event["subType"] = text(static_cast<engineio::close_reason>(what - first_disconnection));
    }
    event["count"] = count;
    return event;
}

} // namespace

void traffic_counters::add_disconnection(engineio::close_reason why) {
    counts_[first_disconnection + static_cast<std::size_t>(why)].add();
}

void traffic_counters::add_to(traffic_totals& sum) const {
    for (std::size_t i = 0; i < measure_count; ++i)
        sum[i] += counts_[i].value();
}

void traffic_history::sample(const traffic_totals& now, std::int64_t second) {
    if (buckets_.empty() || buckets_.back().second != second) buckets_.push_back({second, {}});
    for (std::size_t i = 0; i < measure_count; ++i)
        buckets_.back().counts[i] += now[i] - before_[i];
    before_ = now;
}

array traffic_history::take() {
    array events;
    for (const bucket& b : std::exchange(buckets_, {}))
        for (std::size_t i = 0; i < measure_count; ++i)
            if (b.counts[i] > 0) events.push_back(aggregated_event(b.second, i, b.counts[i]));
    return events;
}

} // namespace sockeye::socketio::admin
