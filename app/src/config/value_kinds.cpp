#include "config/value_kinds.hpp"

#include <algorithm>
#include <limits>
#include <span>

namespace sockeye::app {

namespace {

struct unit {
    std::string_view name;
    std::uint64_t factor;
};

// The largest first; the last is what amounts are counted in.
constexpr unit size_units[] = {
    {"GiB", 1 << 30}, {"GB", 1'000'000'000}, {"MiB", 1 << 20}, {"MB", 1'000'000},
    {"KiB", 1 << 10}, {"KB", 1000},          {"", 1}};
constexpr unit time_units[] = {{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};

std::optional<std::uint64_t> read_amount(std::string_view text, std::span<const unit> units) {
    std::uint64_t amount = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, amount);
    if (error != std::errc()) return std::nullopt;
    const std::string_view name(stop, static_cast<std::size_t>(end - stop));
    const auto found = std::ranges::find(units, name, &unit::name);
    if (found == units.end()) return std::nullopt;
    if (amount > std::numeric_limits<std::int64_t>::max() / found->factor) return std::nullopt;
    return amount * found->factor;
}

/// In the largest unit that leaves no rest.
std::string write_amount(std::uint64_t amount, std::span<const unit> units) {
    const auto fits = [&](const unit& u) { return amount >= u.factor && amount % u.factor == 0; };
    const auto found = std::ranges::find_if(units, fits);
    const unit& chosen = found == units.end() ? units.back() : *found;
    return std::to_string(amount / chosen.factor) + std::string(chosen.name);
}

std::string write_time(milliseconds time) {
    return write_amount(static_cast<std::uint64_t>(time.count()), time_units);
}

bool has_control_characters(std::string_view text) {
    return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    if (trim(text).empty()) return parts;
    for (std::size_t comma = 0; comma != text.npos;) {
        comma = text.find(',');
        parts.emplace_back(trim(text.substr(0, comma)));
        if (comma != text.npos) text.remove_prefix(comma + 1);
    }
    return parts;
}

std::string join(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : ",") + part;
    return text;
}

} // namespace

value_kind<std::size_t> size(std::size_t least, std::size_t most) {
    const auto write = [](const std::size_t& of) { return write_amount(of, size_units); };
    const auto read = [=](std::string_view text) {
        const auto amount = read_amount(text, size_units);
        return amount && *amount >= least && *amount <= most ? amount : std::nullopt;
    };
    return {value_form::size,
            "a size from " + write(least) + " to " + write(most) +
                ", such as 65536, 64KB (64000) or 64KiB (65536)",
            read, write};
}

value_kind<milliseconds> duration(milliseconds least, milliseconds most) {
    const auto read = [=](std::string_view text) -> std::optional<milliseconds> {
        const auto amount = read_amount(text, time_units);
        if (!amount) return std::nullopt;
        const milliseconds time(*amount);
        return time >= least && time <= most ? std::optional(time) : std::nullopt;
    };
    return {value_form::duration,
            "a time from " + write_time(least) + " to " + write_time(most) +
                ", such as 250ms, 5s or 2m",
            read, write_time};
}

value_kind<seconds> whole_seconds(seconds least, seconds most) {
    const auto read = [fine = duration(least, most)](std::string_view text) {
        const auto time = fine.read(text);
        return time && *time % seconds(1) == milliseconds(0)
                   ? std::optional(std::chrono::duration_cast<seconds>(*time))
                   : std::nullopt;
    };
    return {value_form::duration,
            "a time in whole seconds from " + write_time(least) + " to " + write_time(most) +
                ", such as 5s or 2m",
            read, [](const seconds& of) { return write_time(of); }};
}

value_kind<bool> truth() {
    auto made = one_of<bool>({{"true", true}, {"false", false}});
    made.form = value_form::truth;
    return made;
}

value_kind<std::string> text(std::string expected, text_rule rule) {
    const auto read = [rule](std::string_view text) -> std::optional<std::string> {
        if (has_control_characters(text) || !(text.empty() || rule(text))) return std::nullopt;
        return std::string(text);
    };
    return {value_form::text, std::move(expected), read, [](const std::string& of) { return of; }};
}

value_kind<std::vector<std::string>> list(std::string expected, text_rule rule) {
    const auto read = [rule](std::string_view text) -> std::optional<std::vector<std::string>> {
        auto parts = split(text);
        const auto right = [&](const std::string& part) {
            return !part.empty() && !has_control_characters(part) && rule(part);
        };
        if (!std::ranges::all_of(parts, right)) return std::nullopt;
        return parts;
    };
    return {value_form::list, std::move(expected), read, join};
}

} // namespace sockeye::app
