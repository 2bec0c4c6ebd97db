#include "codec/packet_head.hpp"

#include "codec/event_names.hpp"

#include <algorithm>
#include <array>

namespace sockeye::socketio {

namespace {

constexpr std::string_view no_error;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view unknown_type(char digit) {
    switch (digit) {
    case '7':
        return "unknown packet type 7";
    case '8':
        return "unknown packet type 8";
    case '9':
        return "unknown packet type 9";
    default:
        return "unknown packet type NaN"; // what JavaScript calls it
    }
}

/// Takes digits and the dash from the front. Any number of digits costs no more than reading them.
std::string_view take_attachments(std::string_view& text, std::size_t most, std::size_t& count) {
    const std::size_t dash = text.find('-');
    const std::string_view digits = text.substr(0, dash);
    if (dash == text.npos || !std::ranges::all_of(digits, is_digit)) return "Illegal attachments";
    count = 0;
    for (const char digit : digits) {
        count = std::min(count * 10 + static_cast<std::size_t>(digit - '0'), most + 1);
    }
    text.remove_prefix(dash + 1);
    if (count == 0) return "Illegal attachments"; // also if there are no digits
    return count > most ? "too many attachments" : no_error;
}

/// A namespace starts with a slash and ends with a comma, which may be missing before nothing.
std::string_view take_namespace(std::string_view& text, std::size_t longest,
                                std::string_view& nsp) {
    if (!text.starts_with('/')) return no_error;
    const std::size_t comma = text.substr(0, longest + 1).find(',');
    nsp = text.substr(0, comma);
    if (nsp.size() > longest) return "namespace name too long";
    text.remove_prefix(std::min(nsp.size() + 1, text.size()));
    return no_error;
}

/// Digits, and blanks around them: JavaScript takes a blank for the number 0, so that a Node server
/// takes `2 ["a"]` for an event with id 0. JavaScript counts exactly up to 2^53 - 1; beyond, the
/// reply would not name the id that was sent.
bool take_id(std::string_view& text, std::optional<std::uint64_t>& id) {
    constexpr std::uint64_t most = (std::uint64_t{1} << 53) - 1;
    const auto skip_spaces = [&text] {
        const auto end = std::ranges::find_if_not(text, is_space);
        text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
    };
    if (text.empty() || !(is_digit(text[0]) || is_space(text[0]))) return true;
    std::uint64_t n = 0;
    skip_spaces();
    for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1)) {
        n = n * 10 + static_cast<std::uint64_t>(text[0] - '0');
        if (n > most) return false;
    }
    skip_spaces();
    id = n;
    return text.empty() || !is_digit(text[0]);
}

} // namespace

std::string_view parse_head(std::string_view text, const parser_limits& limits, packet_head& head) {
    if (text.empty()) return "invalid payload";
    if (text[0] < '0' || text[0] > '6') return unknown_type(text[0]);
    head = packet_head{.type = static_cast<packet_type>(text[0] - '0')};
    text.remove_prefix(1);
    if (head.type >= packet_type::binary_event) {
        const auto error = take_attachments(text, limits.max_attachments, head.attachments);
        if (!error.empty()) return error;
    }
    const auto error = take_namespace(text, limits.max_namespace_length, head.nsp);
    if (!error.empty()) return error;
    if (!take_id(text, head.id)) return "invalid payload";
    head.json = text;
    return no_error;
}

bool is_valid_data(packet_type type, const value& data) {
    switch (type) {
    case packet_type::connect:
        return data.is_null() || data.is_object();
    case packet_type::disconnect:
        return data.is_null();
    case packet_type::connect_error:
        return data.is_null() || data.is_string() || data.is_object();
    case packet_type::ack:
    case packet_type::binary_ack:
        return data.is_null() || data.is_array();
    case packet_type::event:
    case packet_type::binary_event: {
        if (data.is_null()) return true;
        const auto* items = data.get_if<array>();
        if (items == nullptr || items->empty()) return false;
        const auto* name = items->front().get_if<std::string>();
        return name != nullptr ? !is_reserved_event(*name) : items->front().is_number();
    }
    }
    return false;
}

} // namespace sockeye::socketio
