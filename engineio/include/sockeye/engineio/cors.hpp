#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sockeye::engineio {

struct any_origin {};     // answer `*`
struct reflect_origin {}; // answer with the origin of the request, whatever it is
struct no_origin {};      // no CORS headers at all

// Decides over the Origin of a request (empty when it has none). It may be asked more than once
// for one request.
using origin_predicate = std::function<bool(std::string_view origin)>;

// A string is sent to every origin as it is (the browser compares); a list and a predicate
// reflect the origins they allow.
using origin_rule = std::variant<any_origin, reflect_origin, no_origin, std::string,
                                 std::vector<std::string>, origin_predicate>;

struct cors_options {
    origin_rule origin = any_origin{};
    std::string methods = "GET,HEAD,PUT,PATCH,POST,DELETE";
    std::string allowed_headers; // empty: those that the preflight request asks for
    std::string exposed_headers;
    bool credentials = false;
    std::optional<long> max_age; // seconds
    bool preflight_continue = false;
    unsigned options_success_status = 204;
};

} // namespace sockeye::engineio
