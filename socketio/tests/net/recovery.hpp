#pragma once

#include "net/socketio_fixture.hpp"

#include <string>
#include <string_view>

namespace sockeye::socketio {

inline server_options recovering(recovery_options how = {}) {
    server_options options;
    options.recovery = how;
    return options;
}

// The offset of an event.
inline std::string last_argument(const std::string& packet) {
    const std::size_t end = packet.rfind('"');
    const std::size_t begin = packet.rfind('"', end - 1) + 1;
    return packet.substr(begin, end - begin);
}

// The CONNECT packet of a client that wants to go on.
inline std::string come_back(std::string_view private_id, std::string_view offset) {
    return R"(0{"pid":")" + std::string(private_id) + R"(","offset":")" + std::string(offset) +
           R"("})";
}

} // namespace sockeye::socketio
