// The first answer of a polling session, and what an application can add to it.

#include "polling_client.hpp"
#include "websocket_client.hpp"

#include <set>

namespace sockeye::engineio {
namespace {

using testing::request;
using testing::websocket_client;

constexpr std::string_view handshake_v4 = "/engine.io/?EIO=4&transport=polling";
constexpr std::string_view handshake_v3 = "/engine.io/?EIO=3&transport=polling";

TEST_CASE("a version 4 handshake is answered with the open packet, its fields in order") {
    server_fixture fixture;
    fixture.start();
    const auto answer = fixture.get(handshake_v4);
    CHECK(answer.head.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer.header("Content-Type") == "text/plain; charset=UTF-8");
    CHECK(answer.header("Content-Length") == std::to_string(answer.body.size()));
    CHECK(answer.header("cache-control") == "no-store");
    CHECK(answer.count("Set-Cookie") == 0);
    CHECK(answer.count("Access-Control-Allow-Origin") == 0);
    const std::string sid = sid_in(answer.body);
    CHECK(sid.size() == 20);
    CHECK(answer.body == open_packet_of(sid));
}

TEST_CASE("a version 3 handshake is the same packet behind its length") {
    server_fixture fixture({.allow_eio3 = true});
    fixture.start();
    const auto answer = fixture.get(handshake_v3);
    const std::string packet = open_packet_of(sid_in(answer.body));
    CHECK(answer.body == std::to_string(packet.size()) + ":" + packet);
    CHECK(answer.header("Content-Type") == "text/plain; charset=UTF-8");
}

TEST_CASE("the open packet tells the server's options") {
    server_fixture fixture({.ping_interval = 300ms,
                            .ping_timeout = 200ms,
                            .max_payload = 100,
                            .allow_upgrades = false});
    fixture.start();
    const auto answer = fixture.get(handshake_v4);
    CHECK(answer.body == "0{\"sid\":\"" + sid_in(answer.body) +
                             "\",\"upgrades\":[],\"pingInterval\":300,\"pingTimeout\":200,"
                             "\"maxPayload\":100}");
}

TEST_CASE("no upgrade is offered where there is no WebSocket") {
    server_fixture fixture({.websocket = false});
    fixture.start();
    const auto answer = fixture.get(handshake_v4);
    CHECK(answer.body == open_packet_of(sid_in(answer.body), "[]"));
}

TEST_CASE("every session has an id of its own") {
    server_fixture fixture;
    fixture.start();
    std::set<std::string> ids;
    for (int i = 0; i < 50; ++i)
        ids.insert(polling_client(fixture).sid);
    CHECK(ids.size() == 50);
    CHECK(fixture.server.session_count() == 50);
    CHECK(fixture.http.counters().sessions_opened == 50);
}

TEST_CASE("of a repeated parameter the last counts, an empty sid is none, others are ignored") {
    server_fixture fixture;
    fixture.start();
    for (const char* query : {"EIO=3&EIO=4&transport=polling",
                              "EIO=4&transport=x&transport=polling", "EIO=4&transport=polling&sid=",
                              "t=abc&EIO=4&b64=1&transport=polling", "EIO=%34&transport=pollin%67"})
        CHECK_MESSAGE(fixture.get("/engine.io/?" + std::string(query)).status == 200, query);
}

TEST_CASE("an initial packet follows the open packet in the same answer") {
    server_fixture fixture({.allow_eio3 = true, .initial_packet = "hello"});
    fixture.start();
    const auto v4 = fixture.get(handshake_v4);
    CHECK(v4.body == open_packet_of(sid_in(v4.body)) + "\x1e" + "4hello");
    const auto v3 = fixture.get(handshake_v3);
    const std::string open = open_packet_of(sid_in(v3.body));
    CHECK(v3.body == std::to_string(open.size()) + ":" + open + "6:4hello");
}

TEST_CASE("what is sent while a session opens is kept for its first poll") {
    server_fixture fixture;
    fixture.handler.opened = [](session& s) {
        s.send("hi");
        s.send("there");
    };
    fixture.start();
    const polling_client client(fixture);
    CHECK(client.handshake.body == open_packet_of(client.sid));
    CHECK(client.get().body == "4hi\x1e"
                               "4there");
}

TEST_CASE("the cookie carries the id, on the handshake only") {
    server_fixture fixture({.cookie = cookie_options{}});
    fixture.start();
    const polling_client client(fixture);
    CHECK(client.handshake.header("Set-Cookie") ==
          "io=" + client.sid + "; Path=/; HttpOnly; SameSite=Lax");
    CHECK(client.post("4x").count("Set-Cookie") == 0);
    CHECK(client.get().count("Set-Cookie") == 0);
}

TEST_CASE("no cookie is set over WebSocket") {
    server_fixture fixture({.cookie = cookie_options{}});
    fixture.start();
    const websocket_client client(fixture.port(), "/engine.io/?EIO=4&transport=websocket");
    CHECK(client.handshake().count("Set-Cookie") == 0);
}

TEST_CASE("initial headers come once per session, headers with every answer") {
    server_fixture fixture;
    fixture.handler.initial_headers = [](header_list& list, const http_request& request) {
        list.emplace_back("Set-Cookie", "1=1; Max-Age=86400");
        list.emplace_back("Set-Cookie", "2=2; Path=/");
        list.emplace_back("X-Agent", request.header("user-agent"));
    };
    fixture.handler.headers = [](header_list& list, const http_request& request) {
        list.emplace_back("X-Method", request.method());
    };
    fixture.start();
    const polling_client client(fixture, "EIO=4&transport=polling", "User-Agent: test\r\n");
    CHECK(client.handshake.count("Set-Cookie") == 2);
    CHECK(client.handshake.header("X-Agent") == "test");
    CHECK(client.handshake.count("X-Method") == 1);
    const auto posted = client.post("4x");
    CHECK(posted.count("Set-Cookie") == 0);
    CHECK(posted.count("X-Method") == 1);
    const auto polled = client.get();
    CHECK(polled.count("X-Agent") == 0);
    CHECK(polled.count("X-Method") == 1);
    CHECK(fixture.get("/engine.io/?EIO=4&transport=polling&sid=none").count("X-Method") == 0);
}

TEST_CASE("a 101 carries both kinds of headers") {
    server_fixture fixture;
    fixture.handler.initial_headers = [](header_list& list, const http_request&) {
        list.emplace_back("X-First", "1");
    };
    fixture.handler.headers = [](header_list& list, const http_request&) {
        list.emplace_back("X-Every", "1");
    };
    fixture.start();
    const websocket_client client(fixture.port(), "/engine.io/?EIO=4&transport=websocket");
    CHECK(client.handshake().header("X-First") == "1");
    CHECK(client.handshake().header("X-Every") == "1");
}

TEST_CASE("a header that would end its line is left out") {
    server_fixture fixture;
    fixture.handler.headers = [](header_list& list, const http_request&) {
        list.emplace_back("X-Bad", "a\r\nX-Injected: b");
        list.emplace_back("X-Good", "c");
    };
    fixture.start();
    const auto answer = fixture.get(handshake_v4);
    CHECK(answer.count("X-Bad") == 0);
    CHECK(answer.count("X-Injected") == 0);
    CHECK(answer.header("X-Good") == "c");
}

TEST_CASE("an exception out of a headers hook is logged and the answer goes out") {
    server_fixture fixture;
    fixture.handler.headers = [](header_list&, const http_request&) {
        throw std::runtime_error("boom");
    };
    fixture.start();
    CHECK(fixture.get(handshake_v4).status == 200);
    CHECK(fixture.handler.events().size() == 2); // open and the line
}

// ---- ids of the application's

TEST_CASE("an application may choose the ids") {
    server_fixture fixture({.generate_id = [](const http_request& r) {
        return "user-" + *query_value(r.query(), "u");
    }});
    fixture.start();
    const polling_client client(fixture, "EIO=4&transport=polling&u=7");
    CHECK(client.sid == "user-7");
    CHECK(client.post("4x").body == "ok");
    CHECK(client.get().body == "4x");
}

TEST_CASE("an exception while an id is made refuses the handshake") {
    server_fixture fixture({.generate_id = [](const http_request&) -> std::string {
        throw std::runtime_error("no");
    }});
    fixture.start();
    const auto answer = fixture.get(handshake_v4);
    CHECK(answer.status == 400);
    CHECK(answer.body == R"({"code":3,"message":"Bad request"})");
    fixture.handler.await("error 3 ID_GENERATION_ERROR no");
}

TEST_CASE("an id in use is refused and its owner is left alone; later it is free again") {
    server_fixture fixture({.generate_id = [](const http_request&) { return "same"; }});
    fixture.start();
    const polling_client first(fixture);
    const auto answer = fixture.get(handshake_v4);
    CHECK(answer.status == 400);
    CHECK(answer.body == R"({"code":3,"message":"Bad request"})");
    fixture.handler.await("error 3 ID_GENERATION_ERROR an id that is in use");
    CHECK(first.post("4mine").body == "ok");
    CHECK(first.get().body == "4mine");
    CHECK(first.post("1").body == "ok");
    fixture.handler.await("close transport close");
    CHECK(polling_client(fixture).sid == "same");
}

// ---- several shards

TEST_CASE("requests reach their session whichever shard accepts them") {
    server_fixture fixture({}, four_shards());
    fixture.start();
    std::set<unsigned> homes;
    std::vector<std::unique_ptr<polling_client>> clients;
    for (int i = 0; i < 12; ++i) {
        clients.push_back(std::make_unique<polling_client>(fixture));
        homes.insert(fixture.handler.home_of(clients.back()->sid));
    }
    CHECK(homes.size() == 4);
    for (const auto& client : clients) {
        CHECK(client
                  ->post("4a\x1e"
                         "4b")
                  .body == "ok");
        CHECK(client->post("4c").body == "ok");
        CHECK(client->get().body == "4a\x1e"
                                    "4b\x1e"
                                    "4c");
    }
    CHECK(fixture.http.counters().connections_moved > 0);
}

TEST_CASE("a chosen id is at home where its hash says, wherever it was chosen") {
    std::atomic<int> next = 0;
    server_fixture fixture(
        {.generate_id = [&](const http_request&) { return "id" + std::to_string(next++); }},
        four_shards());
    fixture.start();
    std::set<unsigned> homes;
    for (int i = 0; i < 16; ++i) {
        const polling_client client(fixture);
        homes.insert(fixture.handler.home_of(client.sid));
        CHECK(client.post("4x").body == "ok");
        CHECK(client.get().body == "4x");
    }
    CHECK(homes.size() == 4);
    CHECK(fixture.server.session_count() == 16);
}

TEST_CASE("an id in use is refused across shards") {
    server_fixture fixture({.generate_id = [](const http_request&) { return "same"; }},
                           four_shards());
    fixture.start();
    const polling_client first(fixture);
    for (int i = 0; i < 4; ++i)
        CHECK(fixture.get(handshake_v4).status == 400);
    CHECK(fixture.server.session_count() == 1);
}

} // namespace
} // namespace sockeye::engineio
