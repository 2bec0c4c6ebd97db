#include "spread.hpp"

#include <algorithm>

namespace sockeye::bench {

void spread::report_as(report& r, const std::string& name) {
    r.add(name + "_p50_ms", quantile(0.5));
    r.add(name + "_p99_ms", quantile(0.99));
    r.add(name + "_max_ms", quantile(1));
}

double spread::quantile(double share) {
    if (times_.empty()) return 0;
    const auto at = std::min(times_.size() - 1, std::size_t(share * double(times_.size())));
    const auto found = times_.begin() + std::ptrdiff_t(at);
    std::nth_element(times_.begin(), found, times_.end());
    return *found;
}

} // namespace sockeye::bench
