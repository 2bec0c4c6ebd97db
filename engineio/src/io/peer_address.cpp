#include "io/peer_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace sockeye::engineio {

peer_address::peer_address(const sockaddr* address) {
    const std::uint8_t* from = nullptr;
    if (address->sa_family == AF_INET) {
        from = reinterpret_cast<const std::uint8_t*>(
            &reinterpret_cast<const sockaddr_in*>(address)->sin_addr);
        size_ = 4;
    } else if (address->sa_family == AF_INET6) {
        const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
        const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6);
        from = v6.s6_addr + (mapped ? 12 : 0);
        size_ = mapped ? 4 : 16;
    }
    std::copy_n(from, size_, bytes_.begin());
}

std::string peer_address::text() const {
    char buffer[INET6_ADDRSTRLEN] = "";
    if (size_ != 0)
        inet_ntop(size_ == 4 ? AF_INET : AF_INET6, bytes_.data(), buffer, sizeof buffer);
    return buffer;
}

} // namespace sockeye::engineio
