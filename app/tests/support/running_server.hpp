#pragma once

#include "raw_client.hpp"
#include "server/realtime_server.hpp"

#include <string>
#include <string_view>

namespace sockeye::app {

/// The whole server, in this process and in memory.
class running_server {
public:
    explicit running_server(server_config config = {})
        : server_(prepared(std::move(config)), [](engineio::log_level, std::string_view) {}) {
        server_.start();
        port_ = server_.listen();
    }

    [[nodiscard]] unsigned short port() const { return port_; }
    [[nodiscard]] realtime_server& server() { return server_; }

    /// On a connection of its own. `fields`: whole lines.
    testing::http_answer ask(std::string_view method, std::string_view path,
                             std::string_view body = {}, std::string_view fields = key) const {
        return testing::raw_client(port_).ask(testing::request(method, path, body, fields));
    }

    static constexpr std::string_view key = "Authorization: Bearer the-key\r\n";

private:
    static server_config prepared(server_config config) {
        config.port = 0;
        config.address = "127.0.0.1";
        config.node_id = "test";
        config.api_keys = {"another", "the-key"};
        return config;
    }

    realtime_server server_;
    unsigned short port_ = 0;
};

} // namespace sockeye::app
