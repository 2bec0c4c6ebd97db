#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::app {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What a value is in a file. In flags and variables all are text.
enum class value_form : std::uint8_t { text, number, size, duration, truth, list };

/// How the values of a type are written.
template<class T>
struct value_kind {
    value_form form;
    std::string expected; // for people: completes "expected …"
    std::function<std::optional<T>(std::string_view)> read;
    std::function<std::string(const T&)> write; // what `read` takes
};

template<class Number>
value_kind<Number> number(Number least, Number most) {
    const auto read = [=](std::string_view text) -> std::optional<Number> {
        Number made{};
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, made);
        if (error != std::errc() || stop != end || made < least || made > most) return std::nullopt;
        return made;
    };
    return {value_form::number,
            "a number from " + std::to_string(least) + " to " + std::to_string(most), read,
            [](const Number& of) { return std::to_string(of); }};
}

value_kind<std::size_t> size(std::size_t least, std::size_t most);
value_kind<milliseconds> duration(milliseconds least, milliseconds most);
value_kind<seconds> whole_seconds(seconds least, seconds most);
value_kind<bool> truth();

using text_rule = bool (*)(std::string_view text);

/// One line that `rule` lets pass.
value_kind<std::string> text(std::string expected, text_rule rule);
/// Separated by commas; `rule` is for each.
value_kind<std::vector<std::string>> list(std::string expected, text_rule rule);

template<class T>
using choices = std::vector<std::pair<std::string, T>>;

template<class T>
value_kind<T> one_of(const choices<T>& all) {
    std::string names;
    for (const auto& choice : all)
        names += (names.empty() ? "" : &choice == &all.back() ? " or " : ", ") + choice.first;
    const auto read = [all](std::string_view text) -> std::optional<T> {
        for (const auto& [name, value] : all)
            if (name == text) return value;
        return std::nullopt;
    };
    const auto write = [all](const T& of) {
        for (const auto& [name, value] : all)
            if (value == of) return name;
        return std::string();
    };
    return {value_form::text, names, read, write};
}

} // namespace sockeye::app
