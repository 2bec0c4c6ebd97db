#pragma once

#include <charconv>
#include <functional>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sockeye::bench {

struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Descriptors of both processes and the time of a run stay bounded.
constexpr unsigned max_conns = 18'000;
constexpr double max_seconds = 600;

template<class Number>
Number number(std::string_view text, Number least, Number most) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
        throw usage_error("not a number in range: " + std::string(text));
    return value;
}

using setters = std::map<std::string_view, std::function<void(std::string_view)>>;
using flags = std::map<std::string_view, bool*>;

// Runs a program and gives its status, with a word to standard error about what was thrown.
int run_program(const char* name, const char* usage, const std::function<int()>& run);

// `--name value` and `--flag`. Throws usage_error.
void read_arguments(std::span<char* const> from, const setters& with_value, const flags& without);

} // namespace sockeye::bench
