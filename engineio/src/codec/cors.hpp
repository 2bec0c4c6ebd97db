#pragma once

#include <sockeye/engineio/cors.hpp>
#include <sockeye/engineio/http.hpp>

#include <string>
#include <utility>
#include <vector>

namespace sockeye::engineio {

// The headers for the response to this request, whatever that response is. `Vary` is merged into
// one that is there already.
void append_cors_headers(const cors_options& options, const http_request& request,
                         std::vector<std::pair<std::string, std::string>>& headers);

// Whether the request is a preflight to be answered at once, with options_success_status, the
// headers above and no body.
bool answers_preflight(const cors_options& options, const http_request& request);

} // namespace sockeye::engineio
