// What one peer may take: sizes, time, connections, handshakes. Limits hold at their value and act
// one over.

#include "polling_client.hpp"
#include "websocket_session.hpp"

namespace sockeye::engineio {
namespace {

using testing::http_answer;
using testing::raw_client;
using testing::request;
using clock = std::chrono::steady_clock;

const std::string polling = "/engine.io/?EIO=4&transport=polling";

// A server on which a GET of `/` is 404, which is as good as served.
http_server_options limited(const std::function<void(http_server_options&)>& set) {
    http_server_options options = one_shard();
    set(options);
    return options;
}

// ---- sizes

TEST_CASE("a head of the limit's bytes is served, one more is 431 and the end") {
    server_fixture fixture({}, limited([](auto& o) { o.max_header_bytes = 200; }));
    fixture.start();
    const std::string frame = request("GET", "/", {}, "X: \r\n");
    const auto head_of = [&](std::size_t size) {
        return request("GET", "/", {}, "X: " + std::string(size - frame.size(), 'x') + "\r\n");
    };
    CHECK(fixture.ask(head_of(200)).status == 404);
    auto client = fixture.connect();
    CHECK(client.ask(head_of(201)).status == 431);
    CHECK(client.read_until_close().empty());
    CHECK(fixture.http.counters().requests_oversized == 1);
}

TEST_CASE("a head without an end is refused at the limit, not kept") {
    server_fixture fixture({}, limited([](auto& o) { o.max_header_bytes = 1000; }));
    fixture.start();
    auto client = fixture.connect();
    client.send("GET / HTTP/1.1\r\nX: " + std::string(1000, 'x'));
    CHECK(client.read_answer().status == 431);
}

TEST_CASE("as many fields as the limit are served, one more is 431") {
    server_fixture fixture({}, limited([](auto& o) { o.max_header_fields = 5; }));
    fixture.start();
    const auto with_fields = [](int count) { // and Host
        std::string fields;
        for (int i = 1; i < count; ++i)
            fields += "X: y\r\n";
        return request("GET", "/", {}, fields);
    };
    CHECK(fixture.ask(with_fields(5)).status == 404);
    CHECK(fixture.ask(with_fields(6)).status == 431);
}

TEST_CASE("a target of the limit is served, one byte more is 414") {
    server_fixture fixture({}, limited([](auto& o) { o.max_target_bytes = 50; }));
    fixture.start();
    CHECK(fixture.get("/" + std::string(49, 'a')).status == 404);
    CHECK(fixture.get("/" + std::string(50, 'a')).status == 414);
    CHECK(fixture.http.counters().requests_oversized == 1);
}

// ---- time

TEST_CASE("a connection that says nothing is closed without a word") {
    server_fixture fixture({}, limited([](auto& o) { o.header_timeout = 50ms; }));
    fixture.start();
    const auto begun = clock::now();
    CHECK(fixture.connect().read_until_close().empty());
    CHECK(clock::now() - begun >= 49ms);
}

TEST_CASE("a head that takes too long is answered with 408, however busily it comes") {
    server_fixture fixture({}, limited([](auto& o) { o.header_timeout = 200ms; }));
    fixture.start();
    auto client = fixture.connect();
    const auto begun = clock::now();
    client.send("GET / HTTP/1.1\r\nX: ");
    while (client.silent_for(5ms)) { // or for ever, if every byte bought more time
        client.send("x");
        REQUIRE(clock::now() - begun < testing::patience);
    }
    CHECK(client.read_answer().status == 408);
    CHECK(clock::now() - begun >= 199ms);
    CHECK(fixture.http.counters().requests_timed_out == 1);
}

TEST_CASE("a body that takes too long is answered with 408; its session lives on") {
    server_fixture fixture({}, limited([](auto& o) { o.body_timeout = 80ms; }));
    fixture.start();
    const polling_client client(fixture);
    auto waiting = client.waiting_get();
    auto post = fixture.connect();
    std::string slow = request("POST", client.target(), "4hello");
    slow.pop_back();
    const auto refused = post.ask(slow);
    CHECK(refused.status == 408);
    CHECK(refused.header("Connection") == "close");
    CHECK(client.post("4x").body == "ok");
    CHECK(waiting.read_answer().body == "4x");
    CHECK(fixture.http.counters().requests_timed_out == 1);
}

TEST_CASE("a waiting GET is not an idle connection") {
    server_fixture fixture({}, limited([](auto& o) {
                               o.header_timeout = 200ms;
                               o.body_timeout = o.keep_alive_timeout = o.hook_timeout = 30ms;
                           }));
    fixture.start();
    const polling_client client(fixture);
    auto waiting = client.waiting_get();
    CHECK(waiting.silent_for(300ms));
    fixture.with_session(client.sid, [](session& s) { s.send("x"); });
    CHECK(waiting.read_answer().body == "4x");
}

TEST_CASE("a kept connection is closed when nothing more comes; each request starts anew") {
    server_fixture fixture({}, limited([](auto& o) { o.keep_alive_timeout = 200ms; }));
    fixture.start();
    auto client = fixture.connect();
    const auto begun = clock::now();
    CHECK(client.ask(request("GET", "/")).status == 404);
    CHECK(client.silent_for(40ms));
    CHECK(client.ask(request("GET", "/")).status == 404);
    CHECK(client.read_until_close().empty());
    CHECK(clock::now() - begun >= 239ms);
}

TEST_CASE("the first request has the header's time, not that of a kept connection") {
    server_fixture fixture({}, limited([](auto& o) { o.keep_alive_timeout = 20ms; }));
    fixture.start();
    auto client = fixture.connect();
    CHECK(client.silent_for(60ms));
    CHECK(client.ask(request("GET", "/")).status == 404);
}

// ---- numbers

TEST_CASE(
    "one connection too many gets 503 and when to come again; when one leaves there is room") {
    server_fixture fixture({}, limited([](auto& o) { o.max_connections = 2; }));
    fixture.start();
    auto one = fixture.connect();
    {
        auto two = fixture.connect();
        CHECK(two.ask(request("GET", "/")).status == 404);
        auto three = fixture.connect();
        const auto refused = three.read_answer();
        CHECK(refused.status == 503);
        CHECK(refused.header("Retry-After") == "5");
        CHECK(refused.header("Connection") == "close");
        CHECK(three.read_until_close().empty());
    }
    CHECK(one.ask(request("GET", "/")).status == 404);
    CHECK(becomes_true([&] { return fixture.http.counters().connections == 1; }));
    CHECK(fixture.get("/").status == 404);
    CHECK(fixture.http.counters().connections_refused == 1);
}

TEST_CASE("an address with too many connections gets 429; others are served") {
    server_fixture fixture({}, limited([](auto& o) { o.max_connections_per_ip = 1; }));
    fixture.start();
    {
        auto one = fixture.connect();
        CHECK(one.ask(request("GET", "/")).status == 404);
        const auto refused = fixture.connect().read_answer();
        CHECK(refused.status == 429);
        CHECK(refused.header("Retry-After") == "5");
    }
    CHECK(becomes_true([&] { return fixture.http.counters().connections == 0; }));
    CHECK(fixture.get("/").status == 404);
}

TEST_CASE("handshakes over the rate get 503 and when to come again; sessions are not concerned") {
    server_fixture fixture({.max_handshakes_per_second = 3});
    fixture.start();
    const polling_client client(fixture);
    http_answer last;
    int opened = 1;
    for (const auto until = clock::now() + 10s; clock::now() < until; ++opened)
        if (last = fixture.get(polling); last.status != 200) break;
    CHECK(opened >= 3);
    CHECK(last.status == 503);
    CHECK(last.header("Retry-After") == "1");
    CHECK(fixture.http.counters().handshakes_limited == 1);
    CHECK(client.post("4x").body == "ok");
    CHECK(client.get().body == "4x");
    CHECK(becomes_true([&] { return fixture.get(polling).status == 200; }));
}

TEST_CASE("sessions over the limit get 503 and when to come again; the end of one makes room") {
    server_fixture fixture({.max_sessions = 2});
    fixture.start();
    const polling_client one(fixture);
    const polling_client other(fixture);
    for (const http_answer& refused :
         {fixture.get(polling),
          fixture.ask(request("GET", websocket_path, {}, testing::upgrade_fields))}) {
        CHECK(refused.status == 503);
        CHECK(refused.header("Retry-After") == "1");
    }
    CHECK(fixture.http.counters().handshakes_limited == 2);
    CHECK(one.post("4x").body == "ok");
    CHECK(one.get().body == "4x");
    CHECK(other.post("1").body == "ok");
    CHECK(fixture.get(polling).status == 200);
}

// ---- queues of bytes

TEST_CASE("a peer that asks on without reading its answers is not read, and loses nothing") {
    server_fixture fixture;
    const std::string large(1'000'000, 'x');
    std::atomic<int> served = 0;
    fixture.http.route([&](const http_exchange& exchange) {
        ++served;
        http_response response;
        response.body = large;
        exchange.respond(std::move(response));
    });
    fixture.start();
    auto client = fixture.connect();
    constexpr int count = 60;
    std::string all;
    for (int i = 0; i < count; ++i)
        all += request("GET", "/");
    client.send(all);
    REQUIRE(becomes_true([&] { return served >= 1; }));
    CHECK(fixture.get("/engine.io/?EIO=4").status == 400); // a round trip later, still paused
    CHECK(served < count);
    CHECK(fixture.http.counters().queued_bytes < 2 * large.size());
    CHECK(fixture.http.counters().reads_paused >= 1);
    for (int i = 0; i < count; ++i)
        REQUIRE(client.read_answer().body.size() == large.size());
    CHECK(served == count);
}

} // namespace
} // namespace sockeye::engineio
