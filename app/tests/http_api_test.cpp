// The HTTP API over real connections.

#include "codec/json.hpp"
#include "support/redis_server.hpp"
#include "support/running_server.hpp"
#include "support/token_issuer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
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
    // As soon as the event log's database is open.
    const auto is_ready = [&] { return server.ask("GET", "/readyz", "", "").status == 200; };
    const auto deadline = std::chrono::steady_clock::now() + testing::patience;
    while (!is_ready())
        REQUIRE(std::chrono::steady_clock::now() < deadline);
    const auto metrics = server.ask("GET", "/metrics", "", "");
    CHECK(metrics.header("Content-Type") == "text/plain; version=0.0.4");
    CHECK(metrics.body.find("\nsockeye_connections ") != std::string::npos);
}

TEST_CASE("http: the metrics and the health page say whether other instances are reached") {
    testing::redis_server redis;
    const std::string url = "redis://127.0.0.1:" + std::to_string(redis.port());
    const running_server server({.redis_url = url});
    const auto await_metric = [&](const std::string& line) {
        const auto deadline = std::chrono::steady_clock::now() + testing::patience;
        while (server.ask("GET", "/metrics", "", "").body.find("\n" + line + "\n") ==
               std::string::npos)
            REQUIRE_MESSAGE(std::chrono::steady_clock::now() < deadline, line);
    };
    const auto reaches_others = [&] {
        return *json(server.ask("GET", "/healthz", "", "")).find("metrics")->find("adapterReady");
    };
    await_metric("sockeye_adapter_ready 1");
    CHECK(reaches_others() == value(true));
    std::promise<void> full;
    auto options = adapter_redis::parse_redis_url(url);
    options.log = [](engineio::log_level, std::string_view) {};
    adapter_redis::redis_link outsider(options);
    outsider.command({"CONFIG", "SET", "maxmemory", "1"}, [&](const auto&) { full.set_value(); });
    full.get_future().wait();
    CHECK(server.ask("POST", "/api/publish", R"({"event":"news","everyone":true})").status == 200);
    await_metric(R"(sockeye_adapter_lost_total{why="refused"} 1)");
    redis.kill();
    await_metric("sockeye_adapter_ready 0");
    CHECK(reaches_others() == value(false));
}

TEST_CASE("http: the metrics say for how long a thread was held up") {
    running_server server({.threads = 2});
    const auto longest = [&] {
        const std::string text = server.ask("GET", "/metrics", "", "").body;
        const std::string name = "\nsockeye_loop_stall_seconds ";
        const auto at = text.find(name);
        REQUIRE(at != std::string::npos);
        return std::stod(text.substr(at + name.size()));
    };
    const auto busy = std::chrono::milliseconds(300);
    server.server().shards().post(1, [busy] {
        const auto end = std::chrono::steady_clock::now() + busy;
        while (std::chrono::steady_clock::now() < end) {
        }
    });
    const auto deadline = std::chrono::steady_clock::now() + testing::patience;
    double seen = 0;
    while (seen < 0.28 && std::chrono::steady_clock::now() < deadline)
        seen = longest();
    CHECK(seen >= 0.28);
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

TEST_CASE("http: a token with the scope that is configured opens the API, and no other") {
    const auto issuer = testing::token_issuer::hs256("a secret of thirty-two bytes, no");
    const auto ask = [&](const running_server& server, const std::string& scope) {
        const std::string token =
            issuer.issue(R"({"sub":"ops","exp":4000000000,"scope":)" + scope + "}");
        return server.ask("GET", "/api/presence", "", "Authorization: Bearer " + token + "\r\n")
            .status;
    };
    const running_server open({.token_secret = issuer.secret(), .api_token_scope = "realtime-api"});
    CHECK(ask(open, R"("mail realtime-api")") == 200);
    CHECK(ask(open, R"("realtime-api")") == 200);
    for (const auto* other : {R"("realtime-ap")", R"("realtime-api2")", R"("")", "null", "7"})
        CHECK(ask(open, other) == 403);
    CHECK(open.ask("GET", "/api/presence").status == 200); // with a key
    CHECK(open.ask("GET", "/api/presence", "", "Authorization: Bearer a.b.c\r\n").status == 401);
    const running_server closed({.token_secret = issuer.secret()});
    CHECK(ask(closed, R"("realtime-api")") == 401);
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

TEST_CASE("http: events are appended, listed and written out") {
    const running_server server;
    const auto append = [&](const std::string& body) {
        return server.ask("POST", "/api/events/talk", body);
    };
    const auto first = json(append(R"({"type":"said","data":{"x":[1]},"userId":"ann"})"));
    CHECK(*first.find("event")->find("sequence_number") == value(1));
    CHECK(append(R"({"type":"ended"})").status == 200);
    CHECK(code_of(append(R"({"data":1})")) == "BAD_REQUEST");
    CHECK(code_of(append(R"({"type":""})")) == "BAD_REQUEST");
    const auto too_large = append(R"({"type":"t","data":")" + std::string(600'000, 'x') + "\"}");
    CHECK(too_large.status == 400);
    CHECK(code_of(too_large) == "BAD_REQUEST");

    const auto events =
        json(server.ask("GET", "/api/events/talk?after=1")).find("events")->as_array();
    REQUIRE(events.size() == 1);
    CHECK(*events[0].find("event_type") == value("ended"));
    CHECK(events[0].find("user_id")->is_null());
    CHECK(json(server.ask("GET", "/api/events/talk?limit=1")).find("events")->as_array().size() ==
          1);
    for (const auto* bad : {"?after=-1", "?after=x", "?limit=0", "?limit=1001"})
        CHECK(code_of(server.ask("GET", std::string("/api/events/talk") + bad)) == "BAD_REQUEST");

    CHECK(code_of(server.ask("GET", "/api/rooms?limit=0")) == "BAD_REQUEST");

    const auto sessions = json(server.ask("GET", "/api/events")).find("sessions")->as_array();
    REQUIRE(sessions.size() == 1);
    CHECK(*sessions[0].find("session_id") == value("talk"));

    const auto transcript = server.ask("GET", "/api/events/talk/transcript");
    CHECK(transcript.header("Content-Type") == "application/x-ndjson");
    CHECK(transcript.header("Link").empty());
    const std::string first_line = transcript.body.substr(0, transcript.body.find('\n'));
    CHECK(first_line.starts_with(R"({"session_id":"talk","sequence_number":1,"event_type":"said",)"
                                 R"("event_data":{"x":[1]},"user_id":"ann","timestamp":)"));
    CHECK(std::ranges::count(transcript.body, '\n') == 2);
    CHECK(server.ask("GET", "/api/sessions/x/transcript").body.empty());
}

TEST_CASE("http: a long transcript comes in parts") {
    const running_server server;
    const std::string large(400'000, 'x');
    for (int i = 0; i < 15; ++i)
        REQUIRE(server.ask("POST", "/api/events/talk", R"({"type":"t","data":")" + large + "\"}")
                    .status == 200);
    std::size_t lines = 0;
    std::size_t parts = 0;
    for (std::string query = "?after=0"; !query.empty(); ++parts) {
        const auto part = server.ask("GET", "/api/events/talk/transcript" + query);
        REQUIRE(part.status == 200);
        lines += std::ranges::count(part.body, '\n');
        const std::string next = part.header("Link");
        query = next.empty() ? "" : next.substr(1, next.find('>') - 1);
    }
    CHECK(lines == 15);
    CHECK(parts == 2);
}

TEST_CASE("http: usage is added up by user and month") {
    const running_server server;
    const auto add = [&](const std::string& body) {
        return server.ask("POST", "/api/usage/ann", body);
    };
    CHECK(*json(add(R"({"counter":"minutes","amount":5})")).find("total") == value(5));
    CHECK(*json(add(R"({"counter":"minutes"})")).find("total") == value(6));
    CHECK(code_of(add(R"({"counter":"minutes","amount":-1})")) == "BAD_REQUEST");
    const auto usage = json(server.ask("GET", "/api/usage/ann"));
    CHECK(*usage.find("totals")->find("minutes") == value(6));
    const std::string month = usage.find("month")->as_string();
    CHECK(month.size() == 7);
    CHECK(*json(server.ask("GET", "/api/usage/ann?month=" + month)).find("totals") ==
          *usage.find("totals"));
    CHECK(json(server.ask("GET", "/api/usage/ann?month=1999-01"))
              .find("totals")
              ->as_object()
              .empty());
    for (const auto* bad : {"2026", "2026-1", "2026-1x", "x026-11", "2026-111"})
        CHECK(code_of(server.ask("GET", std::string("/api/usage/ann?month=") + bad)) ==
              "BAD_REQUEST");
}

} // namespace sockeye::app
