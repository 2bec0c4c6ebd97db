#pragma once

// A client that comes back to get what it missed.

#include "net/socketio_fixture.hpp"

#include <string>
#include <vector>

namespace sockeye::adapter_redis {

// The last argument of an event's packet.
inline std::string offset_of(const std::string& packet) {
    const std::size_t end = packet.rfind('"');
    return packet.substr(packet.rfind('"', end - 1) + 1, end - packet.rfind('"', end - 1) - 1);
}

struct comeback {
    std::vector<std::string> missed;
    std::string id;
};

// Asks to go on as the client that had that event last.
inline comeback come_back(socketio::packet_client& client, const std::string& private_id,
                          const std::string& offset) {
    client.send(R"(0{"pid":")" + private_id + R"(","offset":")" + offset + "\"}");
    comeback got;
    std::string packet = client.read();
    for (; !packet.starts_with("0{"); packet = client.read())
        got.missed.push_back(packet);
    got.id = packet.substr(9, 20); // 0{"sid":"…
    return got;
}

} // namespace sockeye::adapter_redis
