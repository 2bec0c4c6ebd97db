#include "websocket_session.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

namespace sockeye::engineio {
namespace {

using testing::raw_client;
using testing::request;
using testing::text_frame;
using testing::upgrade_fields;
using testing::websocket_client;

websocket_client attach(const server_fixture& server, const polling_client& client,
                        std::string_view behind = {}) {
    return {server.port(), websocket_path + "&sid=" + client.sid, {}, behind};
}

websocket_client probe(const server_fixture& server, const polling_client& client) {
    websocket_client socket = attach(server, client);
    socket.send_text("2probe");
    REQUIRE(socket.read_text() == "3probe");
    return socket;
}

websocket_client upgrade(const server_fixture& server, const polling_client& client) {
    websocket_client socket = probe(server, client);
    socket.send_text("5");
    return socket;
}

unsigned refused_upgrade(const server_fixture& server, const std::string& query) {
    return server.ask(request("GET", "/engine.io/?" + query, {}, upgrade_fields)).status;
}

TEST_CASE("a session moves to a WebSocket: probe, noop for the waiting GET, upgrade") {
    server_fixture server;
    const polling_client client(server.start());
    raw_client poll = client.waiting_get();
    websocket_client socket = probe(server, client);
    server.handler.await("upgrading");
    CHECK(poll.read_answer().body == "6");
    socket.send_text("5");
    server.handler.await("upgrade");
    socket.send_text("4hello");
    CHECK(socket.read_text() == "4hello");
    CHECK(server.http.counters().sessions_upgraded == 1);
}

TEST_CASE("every GET of the probing phase is released, so that the client can pause") {
    server_fixture server;
    const polling_client client(server.start());
    websocket_client socket = probe(server, client);
    for (int i = 0; i < 3; ++i)
        CHECK(client.get().body == "6");
}

TEST_CASE("a GET that waits when the upgrade is complete is told to stop") {
    server_fixture server({.upgrade_timeout = seconds(60)});
    const polling_client client(server.start());
    raw_client poll = client.waiting_get();
    websocket_client socket = attach(server, client);
    socket.send_text("5");
    CHECK(poll.read_answer().body == "1");
    server.handler.await("upgrade");
}

TEST_CASE("after the upgrade the other transport is closed for requests, the session goes on") {
    server_fixture server;
    const polling_client client(server.start());
    websocket_client socket = upgrade(server, client);
    server.handler.await("upgrade");
    CHECK(client.get().body == R"({"code":3,"message":"Bad request"})");
    CHECK(client.post("4lost").status == 400);
    CHECK(attach(server, client).read_close().empty());
    socket.send_text("4still here");
    CHECK(socket.read_text() == "4still here");
    CHECK(server.handler.count("message lost") == 0);
}

TEST_CASE("a second WebSocket while the first is probing is closed") {
    server_fixture server;
    const polling_client client(server.start());
    websocket_client socket = probe(server, client);
    CHECK(attach(server, client).read_close().empty());
    socket.send_text("5");
    server.handler.await("upgrade");
}

TEST_CASE("an upgrade in another revision than the session's is refused") {
    server_fixture server({.allow_eio3 = true}); // CVE-2026-102599
    const polling_client client(server.start());
    for (const char* query : {"EIO=3&transport=websocket&sid=", "transport=websocket&sid=",
                              "EIO=4&transport=polling&sid="})
        CHECK(refused_upgrade(server, query + client.sid) == 400);
    CHECK(client.post("4hello").body == "ok");
}

TEST_CASE("where upgrades are not allowed none is accepted") {
    server_fixture server({.allow_upgrades = false});
    const polling_client client(server.start());
    CHECK(client.handshake.body.find("\"upgrades\":[]") != std::string::npos);
    CHECK(refused_upgrade(server, "EIO=4&transport=websocket&sid=" + client.sid) == 400);
    CHECK(client.post("4hello").body == "ok");
}

TEST_CASE("a WebSocket that does not complete its upgrade in time is closed, the session is not") {
    server_fixture server({.upgrade_timeout = milliseconds(50)});
    const polling_client client(server.start());
    websocket_client socket = probe(server, client);
    CHECK(socket.read_close().empty());
    CHECK(client.post("4hello").body == "ok");
    CHECK(client.get().body == "4hello");
}

TEST_CASE("a probe that is lost, or says something else, leaves the session on polling") {
    server_fixture server;
    const polling_client client(server.start());
    for (const char* wrong : {"4hello", "2", "3probe", "1", "abc"}) {
        websocket_client socket = attach(server, client);
        socket.send_text(wrong);
        CHECK(socket.read_close().empty());
    }
    probe(server, client).link().reset();
    REQUIRE(becomes_true([&] { return server.http.counters().connections == 0; }));
    websocket_client socket = upgrade(server, client); // another try
    socket.send_text("4hello");
    CHECK(socket.read_text() == "4hello");
    CHECK(server.handler.count("message hello") == 1);
}

TEST_CASE("probe, upgrade and messages may come with the upgrade request") {
    server_fixture server;
    const polling_client client(server.start());
    websocket_client socket =
        attach(server, client, text_frame("2probe") + text_frame("5") + text_frame("4hello"));
    CHECK(socket.read_text() == "3probe");
    CHECK(socket.read_text() == "4hello");
}

TEST_CASE("the upgrade's request says whether its WebSocket takes bytes, not the session's") {
    server_fixture server;
    const polling_client client(server.start());
    websocket_client socket(server.port(), websocket_path + "&b64=1&sid=" + client.sid, {},
                            text_frame("2probe") + text_frame("5"));
    CHECK(socket.read_text() == "3probe");
    socket.send_binary("\x01\x02\x03");
    CHECK(socket.read_text() == "bAQID");
}

TEST_CASE("a server's close during the upgrade reaches the client over the WebSocket") {
    server_fixture server;
    const polling_client client(server.start());
    websocket_client socket = probe(server, client);
    server.with_session(client.sid, [](session& s) {
        s.send("goodbye");
        s.close();
    });
    socket.send_text("5");
    CHECK(socket.read_text() == "4goodbye");
    CHECK(socket.read_close().empty());
    server.handler.await("close forced close");
}

TEST_CASE("a session that ends while it is upgrading closes the probing WebSocket") {
    server_fixture server;
    const polling_client client(server.start());
    websocket_client socket = probe(server, client);
    CHECK(client.post("1").body == "ok");
    CHECK(socket.read_close().empty());
    server.handler.await("close transport close");
}

TEST_CASE("heartbeats go on after an upgrade between ping and pong") {
    server_fixture server({.ping_interval = milliseconds(50), .ping_timeout = milliseconds(300)});
    const polling_client client(server.start());
    CHECK(client.get().body == "2");
    websocket_client socket = upgrade(server, client);
    SUBCASE("a client that never answers is timed out") {
        CHECK(socket.read_close().empty());
        server.handler.await("close ping timeout");
    }
    SUBCASE("one that answers is pinged again") {
        socket.send_text("3");
        CHECK(socket.read_text() == "2");
    }
}

TEST_CASE("a version 3 session that falls silent after its upgrade is timed out") {
    server_fixture server(
        {.ping_interval = milliseconds(50), .ping_timeout = milliseconds(50), .allow_eio3 = true});
    const polling_client client(server.start(), "EIO=3&transport=polling");
    websocket_client socket(server.port(), websocket_v3_path + "&sid=" + client.sid);
    socket.send(text_frame("2probe") + text_frame("5") + text_frame("2"));
    CHECK(socket.read_text() == "3probe");
    CHECK(socket.read_text() == "3");
    CHECK(socket.read_close().empty());
    server.handler.await("close ping timeout");
}

// ---- order

constexpr int numbered = 2000;

// Collects "4<n>" packets; each must be the number after the one before.
struct sequence {
    int next = 0;
    void take(std::string_view packet) {
        if (packet.starts_with('4')) REQUIRE(packet.substr(1) == std::to_string(next++));
    }
    void take_payload(std::string_view payload) {
        while (!payload.empty()) {
            const auto end = std::min(payload.find('\x1e'), payload.size());
            take(payload.substr(0, end));
            payload.remove_prefix(std::min(end + 1, payload.size()));
        }
    }
};

// Sends all numbers from the session's own shard, a few at each turn of its loop.
void send_numbers(server_fixture& server, const std::string& sid, int from = 0) {
    const unsigned home = server.handler.home_of(sid);
    server.http.shards().post(home, [&server, sid, from] {
        session* const s = server.server.find(sid);
        if (!s) return;
        int n = from;
        for (; n < from + 5 && n < numbered; ++n)
            s->send(std::to_string(n));
        if (n < numbered) send_numbers(server, sid, n);
    });
}

TEST_CASE("messages from the server across an upgrade arrive once and in order") {
    server_fixture server;
    const polling_client client(server.start());
    send_numbers(server, client.sid);
    sequence got;
    while (got.next < 100)
        got.take_payload(client.get().body);
    websocket_client socket = probe(server, client);
    for (std::string body; body != "6";) // until nothing waits, as clients pause
        got.take_payload(body = client.get().body);
    socket.send_text("5");
    while (got.next < numbered)
        got.take(socket.read_text());
    CHECK(socket.link().silent_for(milliseconds(20)));
}

TEST_CASE("messages from the server are not lost where the client does not pause polling") {
    server_fixture server;
    const polling_client client(server.start());
    sequence got;
    send_numbers(server, client.sid);
    got.take_payload(client.get().body);
    websocket_client socket = attach(server, client, text_frame("2probe") + text_frame("5"));
    CHECK(socket.read_text() == "3probe");
    while (got.next < numbered)
        got.take(socket.read_text());
}

TEST_CASE("messages to the server across an upgrade arrive once and in order") {
    server_fixture server;
    std::atomic<int> next = 0;
    std::atomic<bool> in_order = true;
    server.handler.received = [&](session&, std::string_view data, bool) {
        if (data != std::to_string(next++)) in_order = false;
    };
    const polling_client client(server.start());
    const auto post_until = [&](int from, int end) {
        for (int n = from; n < end; n += 10) {
            std::string body;
            for (int i = n; i < n + 10; ++i)
                body += (i == n ? "4"
                                : "\x1e"
                                  "4") +
                        std::to_string(i);
            REQUIRE(client.post(body).body == "ok");
        }
    };
    post_until(0, 300);
    websocket_client socket = probe(server, client);
    post_until(300, 600);
    std::string rest = text_frame("5");
    for (int n = 600; n < numbered; ++n)
        rest += text_frame("4" + std::to_string(n));
    socket.send(rest);
    CHECK(becomes_true([&] { return next == numbered; }));
    CHECK(in_order);
    socket.link().close();
    server.finish(); // before what its handler refers to
}

} // namespace
} // namespace sockeye::engineio
