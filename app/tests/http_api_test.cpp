// The HTTP API over real connections.

#include "codec/json.hpp"
#include "support/running_server.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::app {

namespace {

using socketio::value;

value json(const testing::http_answer& answer) {
    value content;
    REQUIRE(socketio::parse_json(answer.body, {}, content));
    return content;
}

std::string code_of(const testing::http_answer& answer) {
    const value content = json(answer);
    const value* error = content.find("error");
    REQUIRE(error);
    CHECK(!error->find("message")->as_string().empty());
    return error->find("code")->as_string();
}

// A path of that form, with its parameters filled in.
std::string example_of(std::string form) {
    for (auto begin = form.find('{'); begin != std::string::npos; begin = form.find('{'))
        form.replace(begin, form.find('}') - begin + 1, "x");
    return form;
}

} // namespace

TEST_CASE("http: the health page, readiness and metrics are open to everyone") {
    const running_server server;
    const auto health = server.ask("GET", "/healthz", "", "");
    CHECK(health.status == 200);
    CHECK(*json(health).find("healthy") == value(true));
    CHECK(json(health).find("metrics")->find("connections")->is_integer());
    CHECK(json(health).find("timestamp")->as_int64() > 1'700'000'000'000);
    CHECK(server.ask("GET", "/readyz", "", "").status == 200);
    const auto metrics = server.ask("GET", "/metrics", "", "");
    CHECK(metrics.header("Content-Type") == "text/plain; version=0.0.4");
    CHECK(metrics.body.find("\nsockeye_connections ") != std::string::npos);
}

TEST_CASE("http: without configuration the page is there") {
    const running_server server;
    const auto page = server.ask("GET", "/", "", "");
    CHECK(page.status == 200);
    CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(server.ask("GET", "/nothing", "", "").status == 404);
    CHECK(server.ask("GET", "/../main.cpp", "", "").status == 404);
}

TEST_CASE("http: every operation that is described is there, and none without a key") {
    const running_server server;
    const value description = json(server.ask("GET", "/openapi.json", "", ""));
    std::size_t operations = 0;
    for (const auto& [path, methods] : description.find("paths")->as_object())
        for (const auto& [method, operation] : methods.as_object()) {
            CAPTURE(path);
            ++operations;
            const std::string verb = method == "get" ? "GET" : "POST";
            const bool open = operation.find("security")->as_array().empty();
            const auto answer = server.ask(verb, example_of(path), verb == "GET" ? "" : "{}", "");
            CHECK((answer.status == 401) == !open);
            if (!open) CHECK(answer.header("WWW-Authenticate") == "Bearer");
            const auto with_key = server.ask(verb, example_of(path), verb == "GET" ? "" : "[]");
            CHECK(with_key.status != 401);
            CHECK(with_key.status != 405);
            // What a body must be is said of each, and the description says that there is one.
            CHECK((with_key.status == 400) == (operation.find("requestBody") != nullptr));
        }
    CHECK(operations >= 12);
}

TEST_CASE("http: keys are compared whole") {
    const running_server server;
    for (const auto* given : {"Bearer the-ke", "Bearer the-keys", "Bearer ", "the-key",
                              "Basic the-key", "bearer the-key"})
        CHECK(
            server.ask("GET", "/api/presence", "", "Authorization: " + std::string(given) + "\r\n")
                .status == 401);
    CHECK(server.ask("GET", "/api/presence", "", "Authorization: Bearer another\r\n").status ==
          200);
}

TEST_CASE("http: a wrong method is told which are right") {
    const running_server server;
    const auto answer = server.ask("GET", "/api/publish");
    CHECK(answer.status == 405);
    CHECK(answer.header("Allow") == "POST");
}

TEST_CASE("http: what is wrong with a body is said") {
    const running_server server;
    const auto publish = [&](std::string_view body) {
        return server.ask("POST", "/api/publish", body);
    };
    CHECK(publish(R"({"room":"r","event":"e","data":{"x":1}})").status == 200);
    CHECK(code_of(publish("{")) == "BAD_REQUEST");
    CHECK(code_of(publish(R"({"room":"r"})")) == "BAD_REQUEST");
    CHECK(code_of(publish(R"({"event":"e"})")) == "BAD_REQUEST");
    CHECK(code_of(publish(R"({"event":"e","room":"r","user":"u"})")) == "BAD_REQUEST");
    CHECK(code_of(publish(R"({"event":"e","everyone":false})")) == "BAD_REQUEST");
    CHECK(code_of(publish(R"({"event":"connect","room":"r"})")) == "BAD_REQUEST");
    CHECK(code_of(publish(R"({"event":"","room":"r"})")) == "BAD_REQUEST");
    CHECK(code_of(publish(R"({"event":"e","room":"a\nb"})")) == "BAD_REQUEST");
    CHECK(publish("{\"room\":\"" + std::string(2 * 1024 * 1024, 'x') + "\"}").status == 413);
}

TEST_CASE("http: of a batch all are sent or none") {
    const running_server server;
    const auto batch = [&](std::string_view body) {
        return server.ask("POST", "/api/publish/batch", body);
    };
    const auto good = batch(R"({"messages":[{"room":"r","event":"e"},{"user":"u","event":"e"}]})");
    CHECK(*json(good).find("published") == value(2));
    CHECK(code_of(batch(R"({"messages":[{"room":"r","event":"e"},{"event":"e"}]})")) ==
          "BAD_REQUEST");
    CHECK(code_of(batch(R"({"messages":[1]})")) == "BAD_REQUEST");
}

TEST_CASE("http: asking nobody is answered at once") {
    const running_server server;
    const auto answer =
        json(server.ask("POST", "/api/ask", R"({"room":"r","event":"e","timeoutMs":20000})"));
    CHECK(*answer.find("answers") == value(socketio::array{}));
    CHECK(*answer.find("complete") == value(true));
    CHECK(code_of(server.ask("POST", "/api/ask", R"({"room":"r","event":"e","timeoutMs":0})")) ==
          "BAD_REQUEST");
}

} // namespace sockeye::app
