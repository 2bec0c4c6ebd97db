// What an application puts in front of Engine.IO: middlewares, and CORS, which comes before them.

#include "polling_client.hpp"
#include "websocket_client.hpp"

namespace sockeye::engineio {
namespace {

using testing::request;
using testing::upgrade_fields;
using testing::websocket_client;

const std::string polling = "/engine.io/?EIO=4&transport=polling";
const std::string websocket = "/engine.io/?EIO=4&transport=websocket";
const std::string bad_request = R"({"code":3,"message":"Bad request"})";

http_response text_response(unsigned status, std::string body) {
    http_response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

TEST_CASE("middlewares run in order, for every request") {
    server_fixture fixture;
    for (const char* name : {"first", "second"})
        fixture.server.use(
            [&fixture, name](middleware_context& context, const middleware_next& next) {
                fixture.handler.note(name + (" " + std::string(context.request().method())));
                next(std::nullopt);
            });
    fixture.start();
    const polling_client client(fixture);
    CHECK(fixture.handler.events() == std::vector<std::string>{"first GET", "second GET", "open"});
    CHECK(client.post("4x").body == "ok");
    CHECK(fixture.handler.count("second POST") == 1);
    CHECK(fixture.get("/elsewhere").status == 404);
    CHECK(fixture.handler.count("first GET") == 1);
}

TEST_CASE("a middleware's headers go out with every answer: open, ok, errors, and the 101") {
    server_fixture fixture;
    fixture.server.use([](middleware_context& context, const middleware_next& next) {
        CHECK(context.remote_address() == "127.0.0.1");
        context.set_header("X-Powered-By", "me");
        context.set_header("Set-Cookie", "a=1");
        context.set_header("Set-Cookie", "b=2");
        next(std::nullopt);
    });
    fixture.start();
    const polling_client client(fixture);
    CHECK(client.handshake.header("X-Powered-By") == "me");
    CHECK(client.handshake.count("Set-Cookie") == 2);
    CHECK(client.post("4x").header("X-Powered-By") == "me");
    CHECK(client.get().count("X-Powered-By") == 1);
    CHECK(fixture.get("/engine.io/?EIO=4").header("X-Powered-By") == "me");
    const websocket_client socket(fixture.port(), websocket);
    CHECK(socket.handshake().header("X-Powered-By") == "me");
    CHECK(socket.handshake().count("Set-Cookie") == 2);
    auto refused = fixture.connect();
    CHECK(refused.ask(request("GET", "/engine.io/?transport=x", {}, upgrade_fields))
              .header("X-Powered-By") == "me");
}

TEST_CASE("a middleware may go on later, from another thread") {
    server_fixture fixture;
    std::vector<std::thread> threads;
    fixture.server.use([&](middleware_context& context, const middleware_next& next) {
        threads.emplace_back([&context, next] {
            context.set_header("X-Later", "yes");
            next(std::nullopt);
            next("too late"); // the first word counts
        });
    });
    fixture.start();
    const polling_client client(fixture);
    CHECK(client.handshake.header("X-Later") == "yes");
    CHECK(client.post("4x").header("X-Later") == "yes");
    CHECK(client.get().body == "4x");
    for (std::thread& thread : threads)
        thread.join();
}

TEST_CASE("what is pipelined behind a request waits for its middleware") {
    server_fixture fixture;
    std::vector<std::thread> threads;
    fixture.server.use([&](middleware_context&, const middleware_next& next) {
        threads.emplace_back([next] { next(std::nullopt); });
    });
    fixture.start();
    const polling_client client(fixture);
    auto pipeline = fixture.connect();
    pipeline.send(request("POST", client.target(), "4a") + request("POST", client.target(), "4b") +
                  request("GET", client.target()));
    CHECK(pipeline.read_answer().body == "ok");
    CHECK(pipeline.read_answer().body == "ok");
    CHECK(pipeline.read_answer().body == "4a\x1e"
                                         "4b");
    for (std::thread& thread : threads)
        thread.join();
}

TEST_CASE("a middleware's error refuses the request, and the ones behind it are not asked") {
    server_fixture fixture;
    fixture.server.use([](middleware_context&, const middleware_next& next) { next("unwanted"); });
    fixture.server.use([&](middleware_context&, const middleware_next& next) {
        fixture.handler.note("asked");
        next(std::nullopt);
    });
    fixture.start();
    const auto answer = fixture.get(polling);
    CHECK(answer.status == 400);
    CHECK(answer.body == bad_request);
    fixture.handler.await("error 3 MIDDLEWARE_FAILURE unwanted");
    auto socket = fixture.connect();
    const auto refused = socket.ask(request("GET", websocket, {}, upgrade_fields));
    CHECK(refused.status == 400);
    CHECK(refused.body == "Bad request");
    CHECK(fixture.handler.count("asked") == 0);
}

TEST_CASE("an exception out of a middleware is its error") {
    server_fixture fixture;
    fixture.server.use(
        [](middleware_context&, const middleware_next&) { throw std::runtime_error("boom"); });
    fixture.start();
    CHECK(fixture.get(polling).body == bad_request);
    fixture.handler.await("error 3 MIDDLEWARE_FAILURE boom");
}

TEST_CASE("a middleware may answer itself; its status is kept and nothing else happens") {
    server_fixture fixture;
    fixture.server.use([](middleware_context& context, const middleware_next&) {
        context.set_header("X-Mine", "1");
        context.end(text_response(503, "maintenance"));
    });
    fixture.start();
    auto client = fixture.connect();
    for (int i = 0; i < 2; ++i) { // the connection stays
        const auto answer = client.ask(request("GET", polling));
        CHECK(answer.status == 503);
        CHECK(answer.body == "maintenance");
        CHECK(answer.header("X-Mine") == "1");
    }
    CHECK(fixture.handler.events().empty());
}

TEST_CASE("an upgrade that a middleware ends is closed without an answer") {
    server_fixture fixture;
    fixture.server.use([](middleware_context& context, const middleware_next&) {
        context.end(text_response(503, "maintenance"));
    });
    fixture.start();
    auto client = fixture.connect();
    client.send(request("GET", websocket, {}, upgrade_fields));
    CHECK(client.read_until_close().empty());
}

TEST_CASE("an upgrade that a middleware refuses is answered") {
    server_fixture fixture;
    fixture.server.use([](middleware_context& context, const middleware_next&) {
        context.set_header("Retry-After", "7");
        context.refuse(text_response(429, "too many"));
    });
    fixture.start();
    auto client = fixture.connect();
    const auto answer = client.ask(request("GET", websocket, {}, upgrade_fields));
    CHECK(answer.status == 429);
    CHECK(answer.header("Retry-After") == "7");
    CHECK(answer.body == "too many");
    CHECK(fixture.get(polling).status == 429);
}

TEST_CASE("a middleware that never answers is given up") {
    http_server_options shared = one_shard();
    shared.hook_timeout = 50ms;
    server_fixture fixture({}, shared);
    middleware_next kept;
    fixture.server.use([&](middleware_context&, middleware_next next) { kept = std::move(next); });
    fixture.start();
    CHECK(fixture.get(polling).status == 503);
    kept(std::nullopt); // nobody's answer any more
    CHECK(fixture.http.counters().sessions_opened == 0);
}

TEST_CASE("a client may leave while a middleware thinks") {
    server_fixture fixture;
    std::promise<middleware_next> asked;
    fixture.server.use(
        [&](middleware_context&, middleware_next next) { asked.set_value(std::move(next)); });
    fixture.start();
    auto client = fixture.connect();
    client.send(request("GET", polling));
    const middleware_next next = asked.get_future().get();
    client.reset();
    CHECK(becomes_true([&] { return fixture.http.counters().connections == 0; }));
    next(std::nullopt);
    CHECK(fixture.get("/elsewhere").status == 404); // what was posted before has run
    CHECK(fixture.http.counters().sessions_opened == 0);
}

TEST_CASE("middlewares see each request once, also where it moves to its session's shard") {
    server_fixture fixture({}, four_shards());
    std::atomic<int> asked = 0;
    fixture.server.use([&](middleware_context& context, const middleware_next& next) {
        ++asked;
        context.set_header("X-Once", "1");
        next(std::nullopt);
    });
    fixture.start();
    for (int i = 0; i < 8; ++i) {
        const polling_client client(fixture);
        CHECK(client.post("4x").count("X-Once") == 1);
    }
    CHECK(asked == 16);
}

// ---- CORS

server_options with_cors(cors_options cors) {
    server_options options;
    options.cors = std::move(cors);
    return options;
}

const std::string preflight_fields =
    "Origin: http://page\r\nAccess-Control-Request-Method: POST\r\n"
    "Access-Control-Request-Headers: x-a, x-b\r\n";

TEST_CASE("a preflight is answered without asking a session, a middleware or a permission") {
    server_fixture fixture(
        with_cors({.origin = "http://page", .credentials = true, .max_age = 60}));
    fixture.server.use([](middleware_context&, const middleware_next& next) { next("no"); });
    fixture.start();
    for (const std::string& target : {polling, polling + "&sid=unknown"}) {
        const auto answer = fixture.ask(request("OPTIONS", target, {}, preflight_fields));
        CHECK(answer.status == 204);
        CHECK(answer.header("Content-Length") == "0");
        CHECK(answer.header("Access-Control-Allow-Origin") == "http://page");
        CHECK(answer.header("Access-Control-Allow-Credentials") == "true");
        CHECK(answer.header("Access-Control-Allow-Methods") == "GET,HEAD,PUT,PATCH,POST,DELETE");
        CHECK(answer.header("Access-Control-Allow-Headers") == "x-a, x-b");
        CHECK(answer.header("Access-Control-Max-Age") == "60");
        CHECK(answer.header("Vary").find("Origin") != std::string::npos);
    }
    CHECK(fixture.handler.events().empty());
}

TEST_CASE("every answer carries the CORS fields: open, ok, polls, errors and the 101") {
    server_fixture fixture(with_cors({.origin = reflect_origin{}, .credentials = true}));
    fixture.start();
    const std::string origin = "Origin: http://any\r\n";
    const polling_client client(fixture, "EIO=4&transport=polling", origin);
    const websocket_client socket(fixture.port(), websocket, origin);
    auto refused = fixture.connect();
    const testing::http_answer answers[] = {
        client.handshake,
        fixture.ask(request("POST", client.target(), "4x", origin)),
        fixture.ask(request("GET", client.target(), {}, origin)),
        fixture.ask(request("GET", polling + "&sid=unknown", {}, origin)),
        fixture.ask(request("PUT", client.target(), {}, origin)),
        socket.handshake(),
        refused.ask(
            request("GET", "/engine.io/?transport=x", {}, origin + std::string(upgrade_fields))),
    };
    for (const auto& answer : answers) {
        CAPTURE(answer.head);
        CHECK(answer.header("Access-Control-Allow-Origin") == "http://any");
        CHECK(answer.header("Access-Control-Allow-Credentials") == "true");
        CHECK(answer.header("Vary") == "Origin");
    }
}

TEST_CASE("an origin that is not on the list gets no permission, and the same session") {
    server_fixture fixture(with_cors({.origin = std::vector<std::string>{"http://a", "http://b"}}));
    fixture.start();
    const auto allowed = fixture.ask(request("GET", polling, {}, "Origin: http://b\r\n"));
    CHECK(allowed.header("Access-Control-Allow-Origin") == "http://b");
    const auto other = fixture.ask(request("GET", polling, {}, "Origin: http://evil\r\n"));
    CHECK(other.status == 200);
    CHECK(other.count("Access-Control-Allow-Origin") == 0);
}

TEST_CASE("without CORS a preflight is a bad handshake") {
    server_fixture fixture;
    fixture.start();
    const auto answer = fixture.ask(request("OPTIONS", polling, {}, preflight_fields));
    CHECK(answer.status == 400);
    CHECK(answer.body == R"({"code":2,"message":"Bad handshake method"})");
    CHECK(answer.count("Access-Control-Allow-Origin") == 0);
}

TEST_CASE("a preflight that goes on ends as any OPTIONS does") {
    server_fixture fixture(with_cors({.preflight_continue = true}));
    fixture.start();
    const auto answer = fixture.ask(request("OPTIONS", polling, {}, preflight_fields));
    CHECK(answer.status == 400);
    CHECK(answer.header("Access-Control-Allow-Origin") == "*");
}

} // namespace
} // namespace sockeye::engineio
