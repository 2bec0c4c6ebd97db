// Files that are served from memory below a server's path.

#include "server_fixture.hpp"

#include <atomic>

namespace sockeye::engineio {
namespace {

using testing::request;

const std::string content(100'000, 'x');

struct file_fixture : server_fixture {
    explicit file_fixture(server_options options = {}, http_server_options shared = one_shard())
        : server_fixture(std::move(options), std::move(shared)) {
        server.serve("client.js", {content, "application/javascript", "1"});
    }
};

TEST_CASE("a file is served below the server's path, whatever the query") {
    file_fixture fixture;
    fixture.start();
    auto client = fixture.connect();
    for (const char* target :
         {"/engine.io/client.js", "/engine.io/client.js?", "/engine.io/client.js?v=1&sid=x",
          "http://localhost/engine.io/client.js"}) {
        const auto answer = client.ask(request("GET", target));
        CHECK(answer.status == 200);
        CHECK(answer.body == content);
        CHECK(answer.header("ETag") == R"("1")");
    }
    CHECK(fixture.handler.events().empty());
}

TEST_CASE("a server that listens at any continuation of its path serves files behind a slash") {
    for (const char* path : {"/a/b", "/a/b/", "/"}) {
        file_fixture fixture({.path = path, .add_trailing_slash = false});
        fixture.start();
        std::string target = path;
        if (!target.ends_with('/')) target += '/';
        CHECK(fixture.get(target + "client.js").body == content);
        CHECK(fixture.get(target + "?EIO=4&transport=polling").status == 200);
    }
}

TEST_CASE("any other name is Engine.IO's") {
    file_fixture fixture;
    fixture.start();
    for (const char* name : {"/client.js/", "/client.jsx", "/client", "/Client.js", "/./client.js",
                             "/../engine.io/client.js", "/client%2ejs", "//client.js",
                             "/client.js%00", "/x/client.js"})
        CHECK_MESSAGE(fixture.get(std::string("/engine.io") + name).status == 400, name);
    fixture.handler.await("error 0", 10);
    CHECK(fixture.get("/client.js").status == 404);
}

TEST_CASE("HEAD gets no body, and other methods the file; the connection stays") {
    file_fixture fixture;
    fixture.start();
    auto client = fixture.connect();
    client.send(request("HEAD", "/engine.io/client.js"));
    const auto head = client.read_answer(true);
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == std::to_string(content.size()));
    for (const char* method : {"POST", "OPTIONS", "GET"})
        CHECK(client.ask(request(method, "/engine.io/client.js", "body")).body == content);
    const auto known =
        client.ask(request("GET", "/engine.io/client.js", {}, "If-None-Match: \"0\", \"1\"\r\n"));
    CHECK(known.status == 304);
    CHECK(known.body.empty());
    CHECK(client.ask(request("GET", "/engine.io/client.js")).body == content);
    CHECK(fixture.http.counters().connections_accepted == 1);
}

TEST_CASE("files carry the CORS headers, and a preflight is answered as one") {
    cors_options cors;
    cors.origin = std::vector<std::string>{"https://client.example"};
    file_fixture fixture({.cors = cors});
    fixture.start();
    const auto ask = [&](std::string_view method) {
        return fixture.ask(
            request(method, "/engine.io/client.js", {}, "Origin: https://client.example\r\n"));
    };
    const auto got = ask("GET");
    CHECK(got.body == content);
    CHECK(got.header("Access-Control-Allow-Origin") == "https://client.example");
    CHECK(got.count("Vary") == 2); // Accept-Encoding, Origin
    CHECK(ask("OPTIONS").status == 204);
}

TEST_CASE("middlewares and allow are not asked about files") {
    file_fixture fixture;
    fixture.server.use([](middleware_context&, const middleware_next& next) { next("no"); });
    fixture.server.allow([](const http_request&, const allow_answer& answer) { answer("no"); });
    fixture.start();
    CHECK(fixture.get("/engine.io/client.js").status == 200);
    CHECK(fixture.get("/engine.io/?EIO=4&transport=polling").status == 400);
}

TEST_CASE("a WebSocket cannot be opened to a file") {
    file_fixture fixture;
    fixture.start();
    const auto answer = fixture.ask(
        request("GET", "/engine.io/client.js", {},
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"));
    CHECK(answer.status == 400);
}

TEST_CASE("all shards serve the file at once") {
    file_fixture fixture({}, four_shards());
    fixture.start();
    std::vector<std::thread> clients;
    std::atomic<int> complete = 0;
    for (int i = 0; i < 8; ++i)
        clients.emplace_back([&] {
            auto client = fixture.connect();
            for (int round = 0; round < 20; ++round)
                complete += client.ask(request("GET", "/engine.io/client.js")).body == content;
        });
    for (std::thread& client : clients)
        client.join();
    CHECK(complete == 160);
}

} // namespace
} // namespace sockeye::engineio
