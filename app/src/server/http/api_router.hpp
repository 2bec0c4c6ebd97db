#pragma once

#include "server/http/api_route.hpp"

#include <sockeye/app/context.hpp>
#include <sockeye/engineio/http_server.hpp>

#include <string_view>
#include <vector>

namespace sockeye::app {

/// Finds the route of a request, checks what it brings against the route's description, and answers
/// in JSON: what the handler returns, or `{ ok: false, error }`.
class api_router {
public:
    /// Lets a request pass, or throws UNAUTHENTICATED or RATE_LIMITED. Not asked for open routes.
    using gate = std::function<task<>(const engineio::http_exchange& from)>;

    api_router(const context& on, gate admits) : on_(on), admits_(std::move(admits)) {}

    void add(api_route route) { routes_.push_back(std::move(route)); }
    [[nodiscard]] const std::vector<api_route>& routes() const { return routes_; }

    /// False if no route has that path: then nothing has been done.
    bool handle(const engineio::http_exchange& exchange);

private:
    task<> answer(engineio::http_exchange exchange, const api_route& route, api_call call);

    const context on_;
    const gate admits_;
    std::vector<api_route> routes_;
};

} // namespace sockeye::app
