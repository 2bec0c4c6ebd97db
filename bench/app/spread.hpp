#pragma once

#include "../load/report.hpp"

#include <vector>

namespace sockeye::bench {

// Times of one kind, in milliseconds.
class spread {
public:
    void add(double ms) { times_.push_back(ms); }
    void clear() { times_.clear(); }
    [[nodiscard]] std::size_t size() const { return times_.size(); }
    // As NAME_p50_ms, NAME_p99_ms and NAME_max_ms.
    void report_as(report& r, const std::string& name);

private:
    double quantile(double share);

    std::vector<double> times_;
};

} // namespace sockeye::bench
