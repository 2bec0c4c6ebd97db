#pragma once

#include "server/http/api_route.hpp"

namespace sockeye::app {

/// The OpenAPI 3.1 document of these routes.
socketio::object describe(const std::vector<api_route>& routes);

} // namespace sockeye::app
