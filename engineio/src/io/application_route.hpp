#pragma once

#include "io/http_connection.hpp"

#include <sockeye/engineio/http_server.hpp>

#include <functional>

namespace sockeye::engineio {

// Requests that are no Engine.IO server's: read whole, handed to the application, answered when it
// says so.
class application_route final : private exchange_owner {
public:
    explicit application_route(const http_server_options& options) : options_(options) {}

    void set(std::function<void(http_exchange)> handler) { handler_ = std::move(handler); }
    void on_request(http_connection& from);

    std::function<void(std::string_view what)> on_exception;

private:
    void on_body(http_connection& from, std::string body) override;
    void on_exchange_lost(http_connection&) override {}

    const http_server_options& options_;
    std::function<void(http_exchange)> handler_;
};

} // namespace sockeye::engineio
