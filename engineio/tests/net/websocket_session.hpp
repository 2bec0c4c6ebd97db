#pragma once

#include "polling_client.hpp"
#include "server_fixture.hpp"
#include "websocket_client.hpp"

#include <string>
#include <string_view>

// What tests of sessions on WebSockets share.
namespace sockeye::engineio {

inline const std::string polling_path = "/engine.io/?EIO=4&transport=polling";
inline const std::string websocket_path = "/engine.io/?EIO=4&transport=websocket";
inline const std::string websocket_v3_path = "/engine.io/?EIO=3&transport=websocket";

// A WebSocket whose open packet has been read.
inline testing::websocket_client open_websocket(const server_fixture& server,
                                                const std::string& target = websocket_path,
                                                std::string_view fields = {}) {
    testing::websocket_client client(server.port(), target, fields);
    REQUIRE(client.read_text().starts_with("0{"));
    return client;
}

} // namespace sockeye::engineio
