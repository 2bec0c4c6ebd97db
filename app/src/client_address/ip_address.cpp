#include <sockeye/app/client_address.hpp>

#include <algorithm>
#include <arpa/inet.h>

namespace sockeye::app {

namespace {

constexpr ip_address mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::size_t mapped_bytes = 12; // of the prefix

bool is_version_4(const ip_address& address) {
    return std::equal(address.begin(), address.begin() + mapped_bytes, mapped_prefix.begin());
}

} // namespace

std::optional<ip_address> parse_ip_address(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return std::nullopt;
    const std::string terminated(text);
    ip_address address = mapped_prefix;
    if (inet_pton(AF_INET, terminated.c_str(), address.data() + mapped_bytes) == 1) return address;
    if (inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
    return std::nullopt;
}

std::string to_text(const ip_address& address) {
    char text[INET6_ADDRSTRLEN];
    if (is_version_4(address))
        inet_ntop(AF_INET, address.data() + mapped_bytes, text, sizeof text);
    else
        inet_ntop(AF_INET6, address.data(), text, sizeof text);
    return text;
}

} // namespace sockeye::app
