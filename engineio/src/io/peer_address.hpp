#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

struct sockaddr;

namespace sockeye::engineio {

// An IP address in the few bytes that every connection and session keeps of its peer. IPv4
// addresses that come mapped into IPv6 count as IPv4.
class peer_address {
public:
    peer_address() = default;
    explicit peer_address(const sockaddr* address);

    [[nodiscard]] std::string text() const;
    bool operator==(const peer_address&) const = default;

    struct hash {
        std::size_t operator()(const peer_address& a) const {
            return std::hash<std::string_view>()(
                {reinterpret_cast<const char*>(a.bytes_.data()), a.size_});
        }
    };

private:
    std::array<std::uint8_t, 16> bytes_{};
    std::uint8_t size_ = 0; // 4, 16, or 0: unknown
};

} // namespace sockeye::engineio
