#pragma once

#include "websocket_client.hpp"

namespace sockeye::bench {

// Engine.IO messages that come back.
class echo_client final : public websocket_client {
public:
    using websocket_client::websocket_client;

    void start() override;

private:
    void on_open() override { ++board_.open; }
    void on_message(std::string_view message) override;
    void send_next();
};

} // namespace sockeye::bench
