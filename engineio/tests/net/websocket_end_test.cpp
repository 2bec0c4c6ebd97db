#include "core/websocket_script.hpp"
#include "websocket_session.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::engineio {
namespace {

using testing::masked_frame;
using testing::text_frame;
using testing::websocket_client;
using websocket_script::close_with;
using websocket_script::frame;
using websocket_script::frame_options;

struct ending {
    std::string what;
    std::string wire;
    std::string close_frame; // as read_close tells it
    std::string reason;      // on_close's
};

void check(const ending& rule, const std::string& path) {
    CAPTURE(rule.what);
    server_fixture server({.allow_eio3 = true});
    auto client = open_websocket(server.start(), path);
    client.send(rule.wire);
    CHECK(client.read_close() == rule.close_frame);
    server.handler.await("close " + rule.reason);
    client.link().close();
    server.finish(); // checks that nothing of it is left
}

TEST_CASE("each broken rule of the WebSocket protocol has its close code") {
    const std::string error = "transport error";
    const ending rules[] = {
        {"unmasked", frame(1, "4x", {.masked = false}), "1002", error},
        {"RSV1 without an extension", frame(1, "4x", {.rsv = 4}), "1002", error},
        {"RSV2", frame(1, "4x", {.rsv = 2}), "1002", error},
        {"RSV3", frame(1, "4x", {.rsv = 1}), "1002", error},
        {"reserved opcode", frame(3, "4x"), "1002", error},
        {"reserved control opcode", frame(11, "4x"), "1002", error},
        {"continuation of nothing", frame(0, "4x"), "1002", error},
        {"message within a message", frame(1, "4x", {.fin = false}) + frame(1, "4y"), "1002",
         error},
        {"fragmented ping", frame(9, "p", {.fin = false}), "1002", error},
        {"ping of 126 bytes", frame(9, std::string(126, 'p')), "1002", error},
        {"close code of one byte", frame(8, "\x03"), "1002", error},
        {"close code 1005", close_with(1005), "1002", error},
        {"close code 999", close_with(999), "1002", error},
        {"close reason that is no UTF-8", close_with(1000, "\xff"), "1007", error},
        {"text that is no UTF-8", frame(1, "4\xc3\x28"), "1007", error},
        {"text cut within a character", frame(1, "4\xe2\x82"), "1007", error},
    };
    for (const ending& rule : rules)
        check(rule, websocket_path);
}

TEST_CASE("each broken rule of Engine.IO ends the session without a close code") {
    const ending v4[] = {
        {"no such packet", frame(1, "abc"), "", "parse error"},
        {"a type beyond the last", frame(1, "7"), "", "parse error"},
        {"an empty frame", frame(1, ""), "", "parse error"},
        {"a client's ping", frame(1, "2"), "", "transport error"},
    };
    for (const ending& rule : v4)
        check(rule, websocket_path);
    const ending v3[] = {
        {"a client's pong", frame(1, "3"), "", "transport error"},
        {"an empty binary frame", frame(2, ""), "", "parse error"},
        {"a binary type beyond the last", frame(2, "\x07"), "", "parse error"},
    };
    for (const ending& rule : v3)
        check(rule, "/engine.io/?EIO=3&transport=websocket");
}

TEST_CASE("nothing behind the end of a session is delivered") {
    server_fixture server;
    auto client = open_websocket(server.start());
    client.send(text_frame("abc") + text_frame("4too late"));
    CHECK(client.read_close().empty());
    server.handler.await("close parse error");
    CHECK(server.handler.count("message too late") == 0);
}

TEST_CASE("a close frame is answered with its own code, and is the peer's goodbye") {
    for (const auto& [sent, answered] : {std::pair<std::string, std::string>{"", ""},
                                         {"\x03\xe8", "1000"},
                                         {"\x03\xe9going away", "1001"},
                                         {"\x0f\xa0", "4000"}}) {
        server_fixture server;
        auto client = open_websocket(server.start());
        client.send(masked_frame(0x88, sent));
        CHECK(client.read_close() == answered);
        server.handler.await("close transport close");
    }
}

TEST_CASE("messages before a close frame in one segment are delivered and answered") {
    server_fixture server;
    auto client = open_websocket(server.start());
    client.send(text_frame("4last words") + masked_frame(0x88, ""));
    CHECK(client.read_text() == "4last words");
    CHECK(client.read_close().empty());
}

TEST_CASE("a packet of type close ends the session as the peer's wish") {
    server_fixture server;
    auto client = open_websocket(server.start());
    client.send_text("1");
    CHECK(client.read_close().empty());
    server.handler.await("close transport close");
}

TEST_CASE("a peer that vanishes closes its session") {
    server_fixture server;
    SUBCASE("by a reset") {
        open_websocket(server.start()).link().reset();
    }
    SUBCASE("by the end of its stream") {
        auto client = open_websocket(server.start());
        client.link().finish_sending();
        server.handler.await("close transport close");
    }
    SUBCASE("within a frame") {
        auto client = open_websocket(server.start());
        client.send(text_frame("4half").substr(0, 5));
        client.link().close();
    }
    server.handler.await("close transport close");
    CHECK(becomes_true([&] { return server.http.counters().connections == 0; }));
}

TEST_CASE("the server's close sends what waits, then a close frame without a code") {
    server_fixture server;
    server.handler.received = [](session& from, std::string_view, bool) {
        from.send("one");
        from.send("two");
        from.close();
        CHECK_FALSE(from.send("three"));
    };
    auto client = open_websocket(server.start());
    client.send_text("4close, please");
    CHECK(client.read_text() == "4one");
    CHECK(client.read_text() == "4two");
    CHECK(client.read_close().empty());
    server.handler.await("close forced close");
    CHECK(server.http.counters().dropped_closed == 1);
}

TEST_CASE("a session that its handler closes as it opens still gets its open packet") {
    server_fixture server;
    server.handler.opened = [](session& s) { s.close(); };
    websocket_client client(server.start().port(), websocket_path, {}, text_frame("4early"));
    CHECK(client.read_text().starts_with("0{"));
    CHECK(client.read_close().empty());
}

TEST_CASE("a peer that never answers a close frame is cut off") {
    server_fixture server({.websocket_close_timeout = milliseconds(50)});
    server.handler.received = [](session& from, std::string_view, bool) { from.close(); };
    auto client = open_websocket(server.start());
    client.send_text("4close, please");
    CHECK(client.read_close().empty());
    // The client neither answers nor closes.
    const auto begun = std::chrono::steady_clock::now();
    CHECK(becomes_true([&] { return server.http.counters().connections == 0; }));
    CHECK(std::chrono::steady_clock::now() - begun < seconds(5));
}

TEST_CASE("an exception out of a handler concerns nobody else") {
    server_fixture server;
    server.handler.received = [](session& from, std::string_view data, bool) {
        if (data == "throw") throw std::runtime_error("a bug");
        from.send(data);
    };
    auto client = open_websocket(server.start());
    client.send(text_frame("4throw") + text_frame("4go on"));
    CHECK(client.read_text() == "4go on");
    CHECK(server.handler.count("message go on") == 1);
    const auto events = server.handler.events();
    CHECK(std::ranges::any_of(events, [](const std::string& event) {
        return event.starts_with("log ") && event.ends_with("exception out of on_message: a bug");
    }));
}

} // namespace
} // namespace sockeye::engineio
