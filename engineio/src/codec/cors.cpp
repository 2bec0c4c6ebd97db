#include "codec/cors.hpp"

#include "codec/http_chars.hpp"

#include <algorithm>

namespace sockeye::engineio {

namespace {

using header_list = std::vector<std::pair<std::string, std::string>>;

// What the rule makes of one request.
struct origin_answer {
    bool applies = true;        // false: no CORS header at all
    bool varies = true;         // the answer depends on the origin: caches must know
    std::string_view allowed{}; // empty: this origin is not
};

struct origin_judge {
    std::string_view origin;

    origin_answer operator()(const any_origin&) const { return {.varies = false, .allowed = "*"}; }
    origin_answer operator()(const reflect_origin&) const { return {.allowed = origin}; }
    origin_answer operator()(const no_origin&) const { return {.applies = false}; }

    origin_answer operator()(const std::string& fixed) const {
        if (fixed == "*") return (*this)(any_origin{});
        return {.applies = !fixed.empty(), .allowed = fixed};
    }

    origin_answer operator()(const std::vector<std::string>& list) const {
        const bool listed = std::ranges::find(list, origin) != list.end();
        return {.allowed = listed ? origin : std::string_view()};
    }

    origin_answer operator()(const origin_predicate& allows) const {
        return {.applies = allows && allows(origin), .allowed = origin};
    }
};

origin_answer judge_origin(const cors_options& options, const http_request& request) {
    return std::visit(origin_judge{request.header("Origin")}, options.origin);
}

void append_unless_empty(header_list& headers, std::string_view name, std::string_view value) {
    if (!value.empty()) headers.emplace_back(name, value);
}

bool lists(std::string_view list, std::string_view wanted) {
    while (!list.empty()) {
        const auto member = list.substr(0, list.find(','));
        list.remove_prefix(std::min(member.size() + 1, list.size()));
        if (trim(member) == "*" || equals_ignoring_case(trim(member), wanted)) return true;
    }
    return false;
}

void add_to_vary(header_list& headers, std::string_view field) {
    const auto vary = std::ranges::find_if(
        headers, [](const auto& header) { return equals_ignoring_case(header.first, "Vary"); });
    if (vary == headers.end())
        headers.emplace_back("Vary", field);
    else if (!lists(vary->second, field))
        vary->second.append(", ").append(field);
}

void append_allowed_headers(const cors_options& options, const http_request& request,
                            header_list& headers) {
    auto allowed = std::string_view(options.allowed_headers);
    if (allowed.empty()) {
        allowed = request.header("Access-Control-Request-Headers");
        add_to_vary(headers, "Access-Control-Request-Headers");
    }
    append_unless_empty(headers, "Access-Control-Allow-Headers", allowed);
}

// Any OPTIONS request, as for the reference, even without Access-Control-Request-Method.
bool is_preflight(const http_request& request) {
    return request.method() == "OPTIONS";
}

} // namespace

void append_cors_headers(const cors_options& options, const http_request& request,
                         header_list& headers) {
    const auto answer = judge_origin(options, request);
    if (!answer.applies) return;
    append_unless_empty(headers, "Access-Control-Allow-Origin", answer.allowed);
    if (answer.varies) add_to_vary(headers, "Origin");
    if (options.credentials) headers.emplace_back("Access-Control-Allow-Credentials", "true");
    if (is_preflight(request)) {
        append_unless_empty(headers, "Access-Control-Allow-Methods", options.methods);
        append_allowed_headers(options, request, headers);
        if (options.max_age)
            headers.emplace_back("Access-Control-Max-Age", std::to_string(*options.max_age));
    }
    append_unless_empty(headers, "Access-Control-Expose-Headers", options.exposed_headers);
    // Some browsers wait for a body behind a 204 that does not say this.
    if (is_preflight(request) && !options.preflight_continue)
        headers.emplace_back("Content-Length", "0");
}

bool answers_preflight(const cors_options& options, const http_request& request) {
    return is_preflight(request) && !options.preflight_continue &&
           judge_origin(options, request).applies;
}

} // namespace sockeye::engineio
