// Which requests are Engine.IO's, and how the application answers the others.

#include "polling_client.hpp"

namespace sockeye::engineio {
namespace {

using testing::request;

http_response text_response(std::string body) {
    http_response response;
    response.headers = {{"Content-Type", "text/plain"}};
    response.body = std::move(body);
    return response;
}

bool is_handshake(const server_fixture& fixture, const std::string& path) {
    return fixture.get(path + "?EIO=4&transport=polling").status == 200;
}

TEST_CASE("a server answers below its path, with the slash") {
    server_fixture fixture;
    fixture.start();
    CHECK(is_handshake(fixture, "/engine.io/"));
    CHECK(is_handshake(fixture, "/engine.io/foo/bar"));
    for (const char* path : {"/engine.io", "/engine.iox/", "/", "/x/engine.io/", "/Engine.IO/"})
        CHECK_FALSE(is_handshake(fixture, path));
}

TEST_CASE("a slash at the end of the path option makes no difference") {
    server_fixture fixture({.path = "/a/b/"});
    fixture.start();
    CHECK(is_handshake(fixture, "/a/b/"));
    CHECK_FALSE(is_handshake(fixture, "/a/b"));
}

TEST_CASE("without the trailing slash any continuation of the path is the server's") {
    server_fixture fixture({.path = "/a/b", .add_trailing_slash = false});
    fixture.start();
    for (const char* path : {"/a/b", "/a/b/", "/a/bcd"})
        CHECK_MESSAGE(is_handshake(fixture, path), path);
    CHECK_FALSE(is_handshake(fixture, "/a/"));
}

TEST_CASE("an absolute target is routed by its path") {
    server_fixture fixture;
    fixture.start();
    CHECK(fixture.get("http://localhost/engine.io/?EIO=4&transport=polling").status == 200);
}

TEST_CASE("what is nobody's is not found, without a body, and the connection stays") {
    server_fixture fixture;
    fixture.start();
    auto client = fixture.connect();
    for (const char* method : {"GET", "POST", "DELETE"}) {
        const auto answer = client.ask(request(method, "/nothing", "body"));
        CHECK(answer.status == 404);
        CHECK(answer.header("Content-Length") == "0");
    }
    CHECK(fixture.http.counters().connections_accepted == 1);
    CHECK(fixture.handler.events().empty()); // no connection_error either
}

TEST_CASE("two servers share a port and know nothing of each other's sessions") {
    recording_handler others;
    server_fixture fixture;
    const server second(fixture.http, others, {.path = "/other", .max_payload = 5});
    fixture.start();
    const polling_client client(fixture);
    const auto handshake = fixture.get("/other/?EIO=4&transport=polling");
    const std::string target = "/other/?EIO=4&transport=polling&sid=" + sid_in(handshake.body);
    CHECK(fixture.post(target, "4other").status == 413);
    CHECK(fixture.post(target, "4two").body == "ok");
    CHECK(client.post("4number one").body == "ok");
    CHECK(fixture.get(target).body == "4two");
    CHECK(client.get().body == "4number one");
    CHECK(fixture.get("/other/?EIO=4&transport=polling&sid=" + client.sid).status == 400);
    CHECK(others.count("message two") == 1);
    CHECK(fixture.handler.count("message two") == 0);
    fixture.finish();
    others.await("close forced close");
}

// ---- routes

TEST_CASE("a route answers what is not Engine.IO's") {
    server_fixture fixture;
    fixture.http.route([](const http_exchange& exchange) {
        CHECK(exchange.remote_address() == "127.0.0.1");
        CHECK_FALSE(exchange.secure());
        http_response response = text_response(std::string(exchange.request().method()) + " " +
                                               std::string(exchange.request().path()) + " " +
                                               std::string(exchange.body()));
        response.status = 201;
        exchange.respond(std::move(response));
    });
    fixture.start();
    const auto answer = fixture.post("/things?a=1", "body");
    CHECK(answer.head.starts_with("HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\n"));
    CHECK(answer.body == "POST /things body");
    CHECK(is_handshake(fixture, "/engine.io/"));
}

TEST_CASE("a route may answer later, from another thread; the first answer counts") {
    server_fixture fixture;
    std::promise<http_exchange> asked;
    fixture.http.route([&](http_exchange exchange) { asked.set_value(std::move(exchange)); });
    fixture.start();
    auto client = fixture.connect();
    client.send(request("GET", "/slow"));
    const http_exchange exchange = asked.get_future().get();
    CHECK(client.silent_for(20ms));
    exchange.respond(text_response("first"));
    exchange.respond(text_response("second"));
    CHECK(client.read_answer().body == "first");
    CHECK(client.silent_for(20ms));
}

TEST_CASE("pipelined requests are answered in order, though a later one could be sooner") {
    server_fixture fixture;
    std::promise<http_exchange> asked;
    fixture.http.route([&](http_exchange exchange) {
        if (exchange.request().path() == "/slow") return asked.set_value(std::move(exchange));
        exchange.respond(text_response(std::string(exchange.request().path())));
    });
    fixture.start();
    auto client = fixture.connect();
    client.send(request("GET", "/1") + request("GET", "/slow") + request("POST", "/3", "body") +
                request("GET", "/4"));
    CHECK(client.read_answer().body == "/1");
    const http_exchange slow = asked.get_future().get();
    CHECK(client.silent_for(20ms));
    slow.respond(text_response("slow"));
    for (const char* body : {"slow", "/3", "/4"})
        CHECK(client.read_answer().body == body);
}

TEST_CASE("an exception out of a route is an internal error, and logged") {
    server_fixture fixture;
    fixture.http.route([](const http_exchange&) { throw std::runtime_error("boom"); });
    fixture.start();
    const auto answer = fixture.get("/");
    CHECK(answer.status == 500);
    CHECK(answer.body.empty());
    fixture.handler.await("log exception out of a route: boom");
    CHECK(is_handshake(fixture, "/engine.io/"));
}

TEST_CASE("a route that never answers is given up, and its late answer is nobody's") {
    http_server_options shared = one_shard();
    shared.hook_timeout = 50ms;
    server_fixture fixture({}, shared);
    std::promise<http_exchange> asked;
    fixture.http.route([&](http_exchange exchange) {
        if (exchange.request().path() == "/late") return asked.set_value(std::move(exchange));
        exchange.respond(text_response("fine"));
    });
    fixture.start();
    auto client = fixture.connect();
    CHECK(client.ask(request("GET", "/late")).status == 503);
    asked.get_future().get().respond(text_response("late"));
    CHECK(client.ask(request("GET", "/next")).body == "fine");
}

TEST_CASE("a client may leave before its answer comes") {
    server_fixture fixture;
    std::promise<http_exchange> asked;
    fixture.http.route([&](http_exchange exchange) { asked.set_value(std::move(exchange)); });
    fixture.start();
    auto client = fixture.connect();
    client.send(request("GET", "/"));
    const http_exchange exchange = asked.get_future().get();
    client.reset();
    CHECK(becomes_true([&] { return fixture.http.counters().connections == 0; }));
    exchange.respond(text_response("to nobody"));
    CHECK(exchange.request().path() == "/"); // what was asked may still be read
}

TEST_CASE("an exchange may outlive its server") {
    std::optional<http_exchange> kept;
    {
        server_fixture fixture;
        std::promise<void> asked;
        fixture.http.route([&](http_exchange exchange) {
            kept = std::move(exchange);
            asked.set_value();
        });
        fixture.start();
        auto client = fixture.connect();
        client.send(request("GET", "/kept"));
        asked.get_future().get();
    }
    kept->respond(text_response("to nobody"));
    CHECK(kept->request().path() == "/kept");
}

TEST_CASE("a route's bodies have a limit of their own") {
    http_server_options shared = one_shard();
    shared.max_body_bytes = 10;
    server_fixture fixture({}, shared);
    fixture.http.route([](const http_exchange& exchange) {
        exchange.respond(text_response(std::string(exchange.body())));
    });
    fixture.start();
    CHECK(fixture.post("/", "0123456789").body == "0123456789");
    CHECK(fixture.post("/", "0123456789a").status == 413);
    CHECK(fixture.http.counters().requests_oversized == 1);
}

TEST_CASE("a large answer arrives whole") {
    server_fixture fixture;
    const std::string large(20'000'000, 'x');
    fixture.http.route(
        [&](const http_exchange& exchange) { exchange.respond(text_response(large)); });
    fixture.start();
    CHECK(fixture.get("/").body == large);
}

} // namespace
} // namespace sockeye::engineio
