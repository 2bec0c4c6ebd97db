#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sockeye::engineio {

// Where a byte may stand in HTTP (RFC 9110 §5.5 and §5.6.2); a byte may be of several kinds.
enum char_kind : std::uint8_t {
    token_char = 1,  // names of methods and fields
    target_char = 2, // request target: anything visible, and bytes above ASCII
    value_char = 4,  // field values: the same, and SP and HTAB
};

namespace detail {

constexpr bool is_alphanumeric(unsigned byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

constexpr std::array<std::uint8_t, 256> make_char_kinds() {
    constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";
    std::array<std::uint8_t, 256> kinds{};
    for (unsigned byte = 0; byte < kinds.size(); ++byte) {
        const bool control = byte < 0x20 || byte == 0x7F;
        if (!control || byte == '\t') kinds[byte] |= value_char;
        if (!control && byte != ' ') kinds[byte] |= target_char;
        if (is_alphanumeric(byte) ||
            token_marks.find(static_cast<char>(byte)) != std::string_view::npos)
            kinds[byte] |= token_char;
    }
    return kinds;
}

inline constexpr auto char_kinds = make_char_kinds();

constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

} // namespace detail

constexpr bool is_kind(char c, char_kind kind) {
    return (detail::char_kinds[static_cast<unsigned char>(c)] & kind) != 0;
}

// How many bytes at the front of `text` are of that kind.
constexpr std::size_t count_leading(std::string_view text, char_kind kind) {
    const auto other = std::ranges::find_if(text, [&](char c) { return !is_kind(c, kind); });
    return static_cast<std::size_t>(other - text.begin());
}

constexpr bool consists_of(std::string_view text, char_kind kind) {
    return count_leading(text, kind) == text.size();
}

constexpr bool equals_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, detail::to_lower, detail::to_lower);
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr std::optional<unsigned> hex_value(char c) {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    const char lower = detail::to_lower(c);
    if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a') + 10;
    return std::nullopt;
}

constexpr std::string_view trim(std::string_view text) {
    const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

} // namespace sockeye::engineio
