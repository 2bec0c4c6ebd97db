// HTTP itself, as connections see it: versions, methods, keeping a connection, malformed requests.

#include "polling_client.hpp"

namespace sockeye::engineio {
namespace {

using testing::request;

constexpr std::string_view handshake = "/engine.io/?EIO=4&transport=polling";

void answer_path(const http_exchange& exchange) {
    http_response response;
    response.body = exchange.request().path();
    exchange.respond(std::move(response));
}

TEST_CASE("HTTP/1.1 keeps the connection unless told otherwise") {
    server_fixture fixture;
    fixture.http.route(answer_path);
    fixture.start();
    auto client = fixture.connect();
    const auto first = client.ask(request("GET", "/1"));
    CHECK(first.count("Connection") == 0);
    CHECK(first.count("Date") == 1);
    const auto last = client.ask(request("GET", "/2", {}, "Connection: close\r\n"));
    CHECK(last.header("Connection") == "close");
    CHECK(client.read_until_close().empty());
}

TEST_CASE("HTTP/1.0 closes the connection unless told otherwise") {
    server_fixture fixture;
    fixture.http.route(answer_path);
    fixture.start();
    auto client = fixture.connect();
    const auto kept = client.ask("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(kept.header("Connection") == "keep-alive");
    const auto last = client.ask("GET /2 HTTP/1.0\r\n\r\n");
    CHECK(last.header("Connection") == "close");
    CHECK(last.body == "/2");
    CHECK(client.read_until_close().empty());
}

TEST_CASE("a session can be had over HTTP/1.0") {
    server_fixture fixture;
    fixture.start();
    const auto opened = fixture.ask("GET " + std::string(handshake) + " HTTP/1.0\r\n\r\n");
    CHECK(opened.status == 200);
    CHECK(opened.body == open_packet_of(sid_in(opened.body)));
}

TEST_CASE("HEAD is answered as GET without the body") {
    server_fixture fixture;
    fixture.http.route(answer_path);
    fixture.start();
    auto client = fixture.connect();
    client.send(request("HEAD", "/12345") + request("GET", "/next"));
    CHECK(client.read_answer(true).header("Content-Length") == "6");
    CHECK(client.read_answer().body == "/next");
}

TEST_CASE("a pipelined POST and GET are an echo in one round trip") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    auto pipeline = fixture.connect();
    pipeline.send(request("POST", client.target(), "4a") + request("GET", client.target()));
    CHECK(pipeline.read_answer().body == "ok");
    CHECK(pipeline.read_answer().body == "4a");
}

TEST_CASE("pipelined requests for sessions of several shards are answered in order") {
    server_fixture fixture({}, four_shards());
    fixture.start();
    std::vector<std::unique_ptr<polling_client>> clients;
    std::string pipelined;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(std::make_unique<polling_client>(fixture));
        const std::string target = clients.back()->target();
        pipelined += request("POST", target, "4" + std::to_string(i)) + request("GET", target);
    }
    auto pipeline = fixture.connect();
    pipeline.send(pipelined);
    for (int i = 0; i < 8; ++i) {
        CHECK(pipeline.read_answer().body == "ok");
        CHECK(pipeline.read_answer().body == "4" + std::to_string(i));
    }
}

TEST_CASE("requests cut anywhere, and several in one segment, are the same requests") {
    server_fixture fixture;
    fixture.http.route(answer_path);
    fixture.start();
    const std::string two = request("POST", "/1", "body") + request("GET", "/2");
    for (std::size_t cut = 1; cut < two.size(); ++cut) {
        auto client = fixture.connect();
        client.send(two.substr(0, cut));
        client.send(two.substr(cut));
        CHECK(client.read_answer().body == "/1");
        CHECK(client.read_answer().body == "/2");
    }
}

TEST_CASE("more pipelined input than is kept waits in the socket and is served in its turn") {
    server_fixture fixture;
    std::promise<http_exchange> first;
    fixture.http.route([&](http_exchange exchange) {
        if (exchange.request().path() == "/first") return first.set_value(std::move(exchange));
        answer_path(exchange);
    });
    fixture.start();
    auto client = fixture.connect();
    client.send(request("GET", "/first"));
    const http_exchange held = first.get_future().get();
    constexpr int count = 2000; // about 80 KB
    std::string all;
    for (int i = 0; i < count; ++i)
        all += request("GET", "/" + std::to_string(i));
    client.send(all);
    answer_path(held);
    CHECK(client.read_answer().body == "/first");
    for (int i = 0; i < count; ++i)
        REQUIRE(client.read_answer().body == "/" + std::to_string(i));
}

TEST_CASE("a client that has finished sending still gets its answer") {
    server_fixture fixture;
    fixture.http.route(answer_path);
    fixture.start();
    auto client = fixture.connect();
    client.send(request("GET", "/half"));
    client.finish_sending();
    CHECK(client.read_answer().body == "/half");
    CHECK(client.read_until_close().empty());
}

TEST_CASE(
    "malformed requests get a bare 400 and lose the connection; none reaches the application") {
    const std::string cases[] = {
        "GARBAGE\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", // no Host
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    };
    server_fixture fixture;
    fixture.http.route([&](const http_exchange& exchange) {
        fixture.handler.note("reached");
        answer_path(exchange);
    });
    fixture.start();
    for (const std::string& bad : cases) {
        CAPTURE(bad);
        auto client = fixture.connect();
        const auto answer = client.ask(bad);
        CHECK(answer.status == 400);
        CHECK(answer.body.empty());
        CHECK(answer.header("Connection") == "close");
        CHECK(client.read_until_close().empty());
    }
    CHECK(fixture.handler.count("reached") == 0);
    CHECK(fixture.http.counters().requests_malformed == std::size(cases));
}

TEST_CASE("what HTTP allows and this server does not speak has its own status") {
    server_fixture fixture;
    fixture.start();
    CHECK(fixture.ask("GET / HTTP/3.0\r\nHost: a\r\n\r\n").status == 505);
    CHECK(fixture.ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")
              .status == 501);
    CHECK(fixture.http.counters().requests_malformed == 2);
    CHECK(fixture.http.counters().requests_oversized == 0);
}

TEST_CASE("nothing behind a malformed request is taken for a request") {
    server_fixture fixture;
    fixture.http.route(answer_path);
    fixture.start();
    auto client = fixture.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nX\r\n" +
                request("GET", "/smuggled"));
    const std::string all = client.read_until_close();
    CHECK(all.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(all.find("smuggled") == std::string::npos);
}

TEST_CASE("a broken chunk in a POST ends its session") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    auto post = fixture.connect();
    const auto answer = post.ask("POST " + client.target() +
                                 " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nX\r\n");
    CHECK(answer.status == 400);
    CHECK(fixture.handler.count("message") == 0);
}

TEST_CASE("counters tell what connections did") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    CHECK(client.post("4hello").body == "ok");
    CHECK(client.get().body == "4hello");
    CHECK(becomes_true([&] { return fixture.http.counters().connections == 0; }));
    const counter_totals counted = fixture.http.counters();
    CHECK(counted.connections_accepted == 3);
    CHECK(counted.requests == 3);
    CHECK(counted.sessions == 1);
    CHECK(counted.sessions_opened == 1);
    CHECK(counted.packets_in == 1);
    CHECK(counted.bytes_in == 5);
    CHECK(counted.packets_out == 2); // open and the echo
    CHECK(counted.bytes_out == client.handshake.body.size() - 1 + 5);
    CHECK(counted.socket_bytes_in ==
          (request("GET", handshake) + request("POST", client.target(), "4hello") +
           request("GET", client.target()))
              .size());
    CHECK(counted.writes == 3);
}

} // namespace
} // namespace sockeye::engineio
