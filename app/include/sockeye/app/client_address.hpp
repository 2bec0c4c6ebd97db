#pragma once

#include <sockeye/engineio/http.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::app {

// An IP address of either version. One of version 4 is kept as ::ffff:a.b.c.d, so that both ways to
// write it are the same.
using ip_address = std::array<unsigned char, 16>;

std::optional<ip_address> parse_ip_address(std::string_view text);
std::string to_text(const ip_address& address);

// Addresses and ranges of them, such as "10.0.0.0/8" or "::1".
class address_list {
public:
    address_list() = default;
    // Throws std::invalid_argument, which names what is none.
    explicit address_list(const std::vector<std::string>& texts);

    [[nodiscard]] bool contains(const ip_address& address) const;

private:
    struct range {
        ip_address first;
        unsigned fixed_bits;
    };
    static range parse(const std::string& text);

    std::vector<range> ranges_;
};

// Where a request comes from, by X-Forwarded-For as far as it was written by proxies that are
// trusted: from the right, whose addresses each of them saw. `peer` is who the connection is with.
// Nothing is believed of one that is not trusted, nor what stands before a value that is no
// address.
std::string client_address(const engineio::http_request& request, std::string_view peer,
                           const address_list& trusted_proxies);

} // namespace sockeye::app
