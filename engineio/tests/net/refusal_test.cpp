// Requests that are turned away: which check speaks first, and what client and application are
// told.

#include "polling_client.hpp"
#include "websocket_client.hpp"

#include <array>
#include <cstring>

namespace sockeye::engineio {
namespace {

using testing::request;

struct refused {
    std::string method;
    std::string query; // SID stands for the id of a living polling session of version 4
    unsigned status;
    std::string body;
    std::string event;
};

const std::string unknown_transport = R"({"code":0,"message":"Transport unknown"})";
const std::string unknown_sid = R"({"code":1,"message":"Session ID unknown"})";
const std::string bad_method = R"({"code":2,"message":"Bad handshake method"})";
const std::string bad_request = R"({"code":3,"message":"Bad request"})";
const std::string unsupported = R"({"code":5,"message":"Unsupported protocol version"})";

const std::vector<refused> refusals = {
    {"GET", "EIO=4", 400, unknown_transport, "error 0"},
    {"GET", "EIO=4&transport=abc", 400, unknown_transport, "error 0 abc"},
    {"GET", "EIO=4&transport=webtransport", 400, unknown_transport, "error 0 webtransport"},
    {"GET", "EIO=4&transport=Polling", 400, unknown_transport, "error 0 Polling"},
    {"GET", "EIO=4&transport=polling&sid=__proto__", 400, unknown_sid, ""},
    {"GET", "EIO=4&transport=polling&sid=constructor", 400, unknown_sid, ""},
    {"POST", "EIO=4&transport=polling&sid=abc", 400, unknown_sid, ""},
    {"PUT", "EIO=4&transport=polling&sid=abc", 400, unknown_sid, ""},
    {"GET", "EIO=4&transport=websocket&sid=abc", 400, unknown_sid, ""},
    {"POST", "EIO=4&transport=polling", 400, bad_method, "error 2 POST"},
    {"PUT", "EIO=4&transport=polling", 400, bad_method, "error 2 PUT"},
    {"OPTIONS", "EIO=4&transport=polling", 400, bad_method, "error 2 OPTIONS"},
    {"GET", "EIO=4&transport=websocket", 400, bad_request, "error 3 TRANSPORT_HANDSHAKE_ERROR"},
    {"GET", "EIO=4&transport=websocket&sid=SID", 400, bad_request,
     "error 3 TRANSPORT_MISMATCH websocket"},
    {"GET", "EIO=3&transport=polling&sid=SID", 400, bad_request, "error 3 PROTOCOL_MISMATCH"},
    {"GET", "transport=polling&sid=SID", 400, bad_request, "error 3 PROTOCOL_MISMATCH"},
    {"POST", "EIO=3&transport=polling&sid=SID", 400, bad_request, "error 3 PROTOCOL_MISMATCH"},
    {"GET", "transport=polling", 400, unsupported, "error 5 3"},
    {"GET", "EIO=3&transport=polling", 400, unsupported, "error 5 3"},
    {"GET", "EIO=5&transport=polling", 400, unsupported, "error 5 3"},
    {"GET", "EIO=abc&transport=polling", 400, unsupported, "error 5 3"},
    {"GET", "EIO=04&transport=polling", 400, unsupported, "error 5 3"},
    // What speaks first.
    {"POST", "EIO=4&transport=abc", 400, unknown_transport, "error 0 abc"},
    {"GET", "EIO=4&transport=abc&sid=abc", 400, unknown_transport, "error 0 abc"},
    {"GET", "EIO=3&transport=polling&sid=abc", 400, unknown_sid, ""},
    {"GET", "EIO=3&transport=websocket&sid=SID", 400, bad_request,
     "error 3 TRANSPORT_MISMATCH websocket"},
    {"POST", "EIO=4&transport=websocket", 400, bad_method, "error 2 POST"},
    {"POST", "EIO=3&transport=polling", 400, bad_method, "error 2 POST"},
    {"GET", "EIO=3&transport=websocket", 400, bad_request, "error 3 TRANSPORT_HANDSHAKE_ERROR"},
};

TEST_CASE("each refusal has its status, its body to the byte, and tells the application why") {
    server_fixture fixture;
    fixture.start();
    const polling_client living(fixture);
    for (const refused& c : refusals) {
        CAPTURE(c.method);
        CAPTURE(c.query);
        std::string query = c.query;
        if (const auto at = query.find("SID"); at != std::string::npos)
            query.replace(at, 3, living.sid);
        const auto before = fixture.handler.count(c.event);
        const auto answer = fixture.ask(request(c.method, "/engine.io/?" + query));
        CHECK(answer.status == c.status);
        CHECK(answer.body == c.body);
        CHECK(answer.header("Content-Type") == "application/json");
        if (!c.event.empty()) CHECK(fixture.handler.count(c.event) == before + 1);
    }
    CHECK(living.post("4alive").body == "ok");
    CHECK(living.get().body == "4alive");
}

TEST_CASE("refusals are counted by their code, and the connection stays") {
    server_fixture fixture;
    fixture.start();
    auto client = fixture.connect();
    for (const char* query : {"EIO=4", "EIO=4&transport=polling&sid=x", "EIO=3&transport=polling"})
        CHECK(client.ask(request("GET", "/engine.io/?" + std::string(query))).status == 400);
    const counter_totals counted = fixture.http.counters();
    CHECK(counted.request_errors == std::array<std::uint64_t, 6>{1, 1, 0, 0, 0, 1});
    CHECK(counted.connections_accepted == 1);
    CHECK(counted.requests == 3);
}

TEST_CASE("no session id reaches the application's log whole") {
    server_fixture fixture;
    fixture.start();
    const std::string secret = "0123456789abcdefghij";
    CHECK(fixture.get("/engine.io/?EIO=4&transport=polling&sid=" + secret).status == 400);
    for (const std::string& event : fixture.handler.events())
        CHECK(event.find(secret) == std::string::npos);
}

TEST_CASE("an Origin with control characters is refused") {
    server_fixture fixture;
    fixture.start();
    const auto answer = fixture.ask(
        request("GET", "/engine.io/?EIO=4&transport=polling", {}, "Origin: http://a\tb\r\n"));
    CHECK(answer.status == 400);
    CHECK(answer.body == bad_request);
    fixture.handler.await("error 3 INVALID_ORIGIN");
}

TEST_CASE("a transport that is not allowed is an unknown one") {
    server_fixture fixture({.polling = false});
    fixture.start();
    CHECK(fixture.get("/engine.io/?EIO=4&transport=polling").body == unknown_transport);
}

TEST_CASE("without WebSocket an upgrade is answered as any other request, and may go on") {
    server_fixture fixture({.websocket = false});
    fixture.start();
    auto client = fixture.connect();
    const auto refused = client.ask(
        request("GET", "/engine.io/?EIO=4&transport=websocket", {}, testing::upgrade_fields));
    CHECK(refused.status == 400);
    CHECK(refused.body == unknown_transport);
    CHECK(client.ask(request("GET", "/engine.io/?EIO=4&transport=polling")).status == 200);
}

TEST_CASE("a session of version 3 is not served as one of version 4") {
    server_fixture fixture({.allow_eio3 = true});
    fixture.start();
    const polling_client client(fixture, "EIO=3&transport=polling");
    CHECK(fixture.get("/engine.io/?EIO=4&transport=polling&sid=" + client.sid).body == bad_request);
    CHECK(client.post("2:4x").body == "ok");
    CHECK(client.get().body == "2:4x");
}

TEST_CASE("a refused WebSocket is told why in plain text, with 400 whatever the code") {
    server_fixture fixture;
    fixture.server.allow(
        [](const http_request&, const allow_answer& answer) { answer("not you"); });
    fixture.start();
    const std::pair<const char*, const char*> cases[] = {
        {"EIO=4&transport=abc", "Transport unknown"},
        {"EIO=4&transport=websocket&sid=abc", "Session ID unknown"},
        {"EIO=4&transport=websocket", "not you"}};
    for (const auto& [query, text] : cases) {
        auto client = fixture.connect();
        client.send(
            request("GET", "/engine.io/?" + std::string(query), {}, testing::upgrade_fields));
        CHECK(client.read_until_close() ==
              "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\n"
              "Content-Length: " +
                  std::to_string(std::strlen(text)) + "\r\n\r\n" + text);
    }
}

// ---- allow

TEST_CASE("allow lets a handshake in, and is asked about handshakes only") {
    server_fixture fixture;
    fixture.server.allow([&](const http_request& asked, const allow_answer& answer) {
        fixture.handler.note("asked " + std::string(asked.method()));
        answer(std::nullopt);
    });
    fixture.start();
    const polling_client client(fixture);
    CHECK(client.post("4x").body == "ok");
    CHECK(client.get().body == "4x");
    CHECK(fixture.ask(request("POST", "/engine.io/?EIO=4&transport=polling")).status == 400);
    CHECK(fixture.handler.count("asked GET") == 1);
    CHECK(fixture.handler.count("asked POST") == 0);
}

TEST_CASE("who is not allowed gets 403 and the message") {
    const std::pair<std::string, std::string> cases[] = {
        {"", R"({"code":4,"message":"Forbidden"})"},
        {"Thou shall not pass", R"({"code":4,"message":"Thou shall not pass"})"},
        {"\"\\\n", R"({"code":4,"message":"\"\\\u000a"})"}};
    for (const auto& [message, body] : cases) {
        server_fixture fixture;
        fixture.server.allow(
            [&](const http_request&, const allow_answer& answer) { answer(message); });
        fixture.start();
        const auto answer = fixture.get("/engine.io/?EIO=4&transport=polling");
        CHECK(answer.status == 403);
        CHECK(answer.body == body);
        CHECK(fixture.http.counters().request_errors[4] == 1);
        CHECK(fixture.server.session_count() == 0);
    }
}

TEST_CASE("permission comes before the protocol's revision") {
    server_fixture fixture;
    fixture.server.allow([](const http_request&, const allow_answer& answer) { answer("no"); });
    fixture.start();
    CHECK(fixture.get("/engine.io/?EIO=3&transport=polling").status == 403);
}

TEST_CASE("allow may answer later and from another thread") {
    server_fixture fixture;
    std::promise<allow_answer> asked;
    fixture.server.allow(
        [&](const http_request&, allow_answer answer) { asked.set_value(std::move(answer)); });
    fixture.start();
    auto client = fixture.connect();
    client.send(request("GET", "/engine.io/?EIO=4&transport=polling"));
    const allow_answer answer = asked.get_future().get();
    CHECK(client.silent_for(20ms));
    answer(std::nullopt);
    answer("too late"); // the first answer counts
    CHECK(client.read_answer().status == 200);
}

TEST_CASE("a client that leaves before allow answers leaves no session behind") {
    server_fixture fixture;
    std::promise<allow_answer> asked;
    fixture.server.allow(
        [&](const http_request&, allow_answer answer) { asked.set_value(std::move(answer)); });
    fixture.start();
    auto client = fixture.connect();
    client.send(request("GET", "/engine.io/?EIO=4&transport=polling"));
    const allow_answer answer = asked.get_future().get();
    client.close();
    CHECK(becomes_true([&] { return fixture.http.counters().connections == 0; }));
    answer(std::nullopt);
    CHECK(fixture.get("/engine.io/?EIO=4").status == 400); // what was posted before has run
    CHECK(fixture.http.counters().sessions_opened == 0);
}

TEST_CASE("an exception out of allow forbids") {
    server_fixture fixture;
    fixture.server.allow(
        [](const http_request&, const allow_answer&) { throw std::runtime_error("boom"); });
    fixture.start();
    const auto answer = fixture.get("/engine.io/?EIO=4&transport=polling");
    CHECK(answer.status == 403);
    CHECK(answer.body == R"({"code":4,"message":"Forbidden"})");
    fixture.handler.await("log exception out of allow_request: boom");
}

TEST_CASE("an allow that never answers is given up") {
    http_server_options shared = one_shard();
    shared.hook_timeout = 50ms;
    server_fixture fixture({}, shared);
    allow_answer kept;
    fixture.server.allow(
        [&](const http_request&, allow_answer answer) { kept = std::move(answer); });
    fixture.start();
    CHECK(fixture.get("/engine.io/?EIO=4&transport=polling").status == 503);
    kept(std::nullopt);
    CHECK(fixture.get("/engine.io/?EIO=4").status == 400);
    CHECK(fixture.http.counters().sessions_opened == 0);
}

} // namespace
} // namespace sockeye::engineio
