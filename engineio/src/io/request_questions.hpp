#pragma once

#include "io/http_connection.hpp"

#include <sockeye/engineio/server.hpp>

#include <functional>
#include <memory>

namespace sockeye::engineio {

// What an application is asked about a request, and may answer when and where it likes.

// Calls `then` with the middleware's verdict; a middleware that ends the request answers it.
void ask_middleware(http_connection& from, const middleware& step, bool upgrade,
                    std::function<void(http_connection&, std::optional<std::string> error)> then);

void ask_permission(http_connection& from, const allow_request& check,
                    std::function<void(http_connection&, std::optional<std::string> refusal)> then);

} // namespace sockeye::engineio
