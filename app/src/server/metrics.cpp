#include "server/metrics.hpp"

#include <array>
#include <charconv>

namespace sockeye::app {

namespace {

std::string number(double value) {
    std::array<char, 64> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed)
            .ptr;
    return {digits.data(), end};
}

} // namespace

void metrics_text::begin(std::string_view name, std::string_view help, std::string_view type) {
    for (const auto& [what, text] : {std::pair("# HELP ", help), std::pair("# TYPE ", type)})
        text_.append(what).append(name).append(" ").append(text).append("\n");
}

void metrics_text::gauge(std::string_view name, std::string_view help, double value) {
    begin(name, help, "gauge");
    text_.append(name).append(" ").append(number(value)).append("\n");
}

void metrics_text::counter(std::string_view name, std::string_view help, std::uint64_t value) {
    begin(name, help, "counter");
    text_.append(name).append(" ").append(std::to_string(value)).append("\n");
}

void metrics_text::sample(std::string_view name, std::string_view label, std::string_view of,
                          double value) {
    text_.append(name).append("{").append(label).append("=\"").append(of).append("\"} ");
    text_.append(number(value)).append("\n");
}

void metrics_text::histogram(std::string_view name, std::string_view help,
                             const latency_histogram& from) {
    begin(name, help, "histogram");
    const std::string bucket = std::string(name) + "_bucket";
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i <= latency_histogram::bounds.size(); ++i) {
        so_far += from.count(i);
        const bool last = i == latency_histogram::bounds.size();
        sample(bucket, "le", last ? "+Inf" : number(latency_histogram::bounds[i]),
               static_cast<double>(so_far));
    }
    text_.append(name).append("_sum ").append(number(from.sum_of_seconds())).append("\n");
    text_.append(name).append("_count ").append(std::to_string(so_far)).append("\n");
}

} // namespace sockeye::app
