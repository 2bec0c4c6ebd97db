#include "codec/cors.hpp"

#include <doctest/doctest.h>

using namespace sockeye::engineio;

namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

const std::string client = "https://client.example";

http_request make_request(std::string_view method, std::vector<http_field> fields) {
    return {method, "/engine.io/", 11, fields};
}

http_request get() {
    return make_request("GET", {{"Origin", client}});
}

http_request preflight() {
    return make_request("OPTIONS", {{"Origin", client},
                                    {"Access-Control-Request-Method", "POST"},
                                    {"Access-Control-Request-Headers", "x-a,x-b"}});
}

headers answer(const cors_options& options, const http_request& request, headers before = {}) {
    append_cors_headers(options, request, before);
    return before;
}

cors_options with_origin(origin_rule rule) {
    cors_options options;
    options.origin = std::move(rule);
    return options;
}

} // namespace

TEST_CASE("any origin is allowed by a star") {
    const headers star{{"Access-Control-Allow-Origin", "*"}};
    CHECK(answer({}, get()) == star);
    CHECK(answer(with_origin("*"), get()) == star);
}

TEST_CASE("a fixed origin is told to every client") {
    CHECK(answer(with_origin("https://other.example"), get()) ==
          headers{{"Access-Control-Allow-Origin", "https://other.example"}, {"Vary", "Origin"}});
}

TEST_CASE("a rule that depends on the origin reflects it only if it is allowed") {
    const headers allowed{{"Access-Control-Allow-Origin", client}, {"Vary", "Origin"}};
    const headers refused{{"Vary", "Origin"}};
    CHECK(answer(with_origin(reflect_origin{}), get()) == allowed);
    CHECK(answer(with_origin(std::vector<std::string>{"https://x", client}), get()) == allowed);
    CHECK(answer(with_origin(std::vector<std::string>{"https://x"}), get()) == refused);
    CHECK(answer(with_origin([](std::string_view origin) { return origin == client; }), get()) ==
          allowed);
    CHECK(answer(with_origin(reflect_origin{}), make_request("GET", {})) == refused);
}

TEST_CASE("without a rule that applies there are no headers and no preflight") {
    const origin_rule rules[] = {no_origin{}, "", origin_predicate(),
                                 [](std::string_view) { return false; }};
    for (const auto& rule : rules) {
        CHECK(answer(with_origin(rule), get()).empty());
        CHECK(answer(with_origin(rule), preflight()).empty());
        CHECK_FALSE(answers_preflight(with_origin(rule), preflight()));
    }
}

TEST_CASE("credentials and exposed headers are told with every response") {
    auto options = with_origin(reflect_origin{});
    options.credentials = true;
    options.exposed_headers = "x-c";
    CHECK(answer(options, get()) == headers{{"Access-Control-Allow-Origin", client},
                                            {"Vary", "Origin"},
                                            {"Access-Control-Allow-Credentials", "true"},
                                            {"Access-Control-Expose-Headers", "x-c"}});
}

TEST_CASE("a preflight is told methods and headers as well") {
    auto options = with_origin(reflect_origin{});
    options.credentials = true;
    options.max_age = 600;
    options.exposed_headers = "x-c";
    CHECK(answers_preflight(options, preflight()));
    CHECK(answer(options, preflight()) ==
          headers{{"Access-Control-Allow-Origin", client},
                  {"Vary", "Origin, Access-Control-Request-Headers"},
                  {"Access-Control-Allow-Credentials", "true"},
                  {"Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"},
                  {"Access-Control-Allow-Headers", "x-a,x-b"},
                  {"Access-Control-Max-Age", "600"},
                  {"Access-Control-Expose-Headers", "x-c"},
                  {"Content-Length", "0"}});
}

TEST_CASE("headers that are allowed always are not read from the request") {
    cors_options options;
    options.allowed_headers = "x-z";
    CHECK(answer(options, preflight()) ==
          headers{{"Access-Control-Allow-Origin", "*"},
                  {"Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"},
                  {"Access-Control-Allow-Headers", "x-z"},
                  {"Content-Length", "0"}});
}

TEST_CASE("a preflight can be left to whoever comes next") {
    cors_options options;
    options.preflight_continue = true;
    CHECK_FALSE(answers_preflight(options, preflight()));
    CHECK(answer(options, preflight()).back().first == "Access-Control-Allow-Headers");
    CHECK_FALSE(answers_preflight({}, get()));
}

TEST_CASE("an existing Vary is extended once") {
    const auto vary = [](std::string before) {
        return answer(with_origin(reflect_origin{}), get(), {{"vary", std::move(before)}})
            .front()
            .second;
    };
    CHECK(vary("Accept-Encoding") == "Accept-Encoding, Origin");
    CHECK(vary("Accept, origin") == "Accept, origin");
    CHECK(vary("*") == "*");
}
