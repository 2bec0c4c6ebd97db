#include <sockeye/app/client_address.hpp>

#include <algorithm>

namespace sockeye::app {

namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view digits = "0123456789";

std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

/// Takes the last element off `list`.
std::string_view take_last(std::string_view& list) {
    const std::size_t comma = list.rfind(',');
    const std::string_view last = comma == list.npos ? list : list.substr(comma + 1);
    list = comma == list.npos ? std::string_view() : list.substr(0, comma);
    return trim(last);
}

bool is_port_or_nothing(std::string_view text) {
    return text.empty() || (text.size() > 1 && text.size() <= 6 && text[0] == ':' &&
                            text.find_first_not_of(digits, 1) == text.npos);
}

/// Some proxies write a port behind the address, and then version 6 in brackets.
std::optional<ip_address> parse_forwarded(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == text.npos || !is_port_or_nothing(text.substr(end + 1))) return std::nullopt;
        return parse_ip_address(text.substr(1, end - 1));
    }
    const std::size_t colon = text.find(':');
    if (colon == text.npos || text.find(':', colon + 1) != text.npos) return parse_ip_address(text);
    if (!is_port_or_nothing(text.substr(colon))) return std::nullopt;
    return parse_ip_address(text.substr(0, colon));
}

bool is_forwarded_for(std::string_view name) {
    static constexpr std::string_view wanted = "x-forwarded-for";
    return std::ranges::equal(name, wanted, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
    });
}

/// Follows one header's proxies from the right; false once `client` is none of them.
bool follow(std::string_view list, const address_list& trusted, ip_address& client) {
    while (!list.empty()) {
        const std::string_view last = take_last(list);
        if (last.empty()) continue;
        const auto seen = parse_forwarded(last);
        if (!seen) return false;
        client = *seen;
        if (!trusted.contains(client)) return false;
    }
    return true;
}

} // namespace

std::string client_address(const engineio::http_request& request, std::string_view peer,
                           const address_list& trusted_proxies) {
    const auto parsed = parse_ip_address(peer);
    if (!parsed) return std::string(peer);
    ip_address client = *parsed;
    bool is_proxy = trusted_proxies.contains(client);
    for (std::size_t i = request.field_count(); i-- > 0 && is_proxy;)
        if (const auto field = request.field(i); is_forwarded_for(field.name))
            is_proxy = follow(field.value, trusted_proxies, client);
    return to_text(client);
}

} // namespace sockeye::app
