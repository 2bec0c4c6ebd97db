#pragma once

#include "server/latency_histogram.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sockeye::app {

/// Text in the form that Prometheus reads.
class metrics_text {
public:
    void gauge(std::string_view name, std::string_view help, double value);
    void counter(std::string_view name, std::string_view help, std::uint64_t value);
    /// Of one name, by a label.
    void begin(std::string_view name, std::string_view help, std::string_view type);
    void sample(std::string_view name, std::string_view label, std::string_view of, double value);
    void histogram(std::string_view name, std::string_view help, const latency_histogram& from);

    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

} // namespace sockeye::app
