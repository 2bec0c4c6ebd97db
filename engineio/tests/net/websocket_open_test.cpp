#include "websocket_session.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace sockeye::engineio {
namespace {

using testing::masked_frame;
using testing::raw_client;
using testing::request;
using testing::text_frame;
using testing::upgrade_fields;
using testing::websocket_client;

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    return text.replace(text.find(what), what.size(), by);
}

struct refused {
    unsigned status;
    std::string body;
};

// A refusal is a plain answer, and the connection's last.
refused refusal(unsigned short port, const std::string& target, const std::string& fields,
                const std::string& method = "GET") {
    raw_client client(port);
    const auto answer = client.ask(request(method, target, {}, fields));
    CHECK(answer.header("Content-Type") == "text/html");
    CHECK(answer.header("Connection") == "close");
    CHECK(client.read_until_close().empty());
    return {answer.status, answer.body};
}

const std::string all_fields(upgrade_fields);

TEST_CASE("the answer to a WebSocket handshake is the protocol's, to the byte") {
    server_fixture server;
    websocket_client client(server.start().port(), websocket_path);
    CHECK(client.handshake().head == "HTTP/1.1 101 Switching Protocols\r\n"
                                     "Upgrade: websocket\r\n"
                                     "Connection: Upgrade\r\n"
                                     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

TEST_CASE("the first frame is the open packet, which offers no upgrade") {
    server_fixture server({.ping_interval = seconds(7), .ping_timeout = seconds(5)});
    websocket_client client(server.start().port(), websocket_path);
    const std::string open = client.read_text();
    CHECK(open == "0{\"sid\":\"" + sid_in(open) +
                      "\",\"upgrades\":[],\"pingInterval\":7000,\"pingTimeout\":5000,"
                      "\"maxPayload\":1000000}");
    CHECK(sid_in(open).size() >= 20);
}

TEST_CASE("the initial packet is a frame behind the open packet") {
    server_fixture server({.initial_packet = "hello"});
    auto client = open_websocket(server.start());
    CHECK(client.read_text() == "4hello");
}

TEST_CASE("the first sub-protocol that a client offers is agreed on") {
    server_fixture server;
    websocket_client client(server.start().port(), websocket_path,
                            "Sec-WebSocket-Protocol: chat, superchat\r\n");
    CHECK(client.handshake().header("Sec-WebSocket-Protocol") == "chat");
}

TEST_CASE("permessage-deflate is not agreed on where it is off") {
    server_fixture server;
    websocket_client client(server.start().port(), websocket_path,
                            "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    CHECK(client.handshake().count("Sec-WebSocket-Extensions") == 0);
}

TEST_CASE("frames in the segment of the upgrade request are read") {
    server_fixture server;
    websocket_client client(server.start().port(), websocket_path, {},
                            text_frame("4first") + text_frame("4second"));
    CHECK(client.read_text().starts_with("0{"));
    CHECK(client.read_text() == "4first");
    CHECK(client.read_text() == "4second");
}

TEST_CASE("frames that arrive while a hook decides on the handshake are read after it") {
    server_fixture server;
    allow_answer answer;
    server.server.allow([&](const http_request&, allow_answer decide) {
        answer = std::move(decide);
        server.handler.note("asked");
    });
    raw_client link(server.start().port());
    link.send(request("GET", websocket_path, {}, all_fields) + text_frame("4with the request"));
    server.handler.await("asked");
    link.send(text_frame("4behind it"));
    answer(std::nullopt);
    CHECK(link.read_answer().status == 101);
    link.read_through("4with the request");
    CHECK(link.read_exactly(12) == "\x81\x0a"
                                   "4behind it");
}

TEST_CASE("more than is kept of early frames is left in the socket, and read after the handshake") {
    server_fixture server;
    allow_answer answer;
    server.server.allow([&](const http_request&, allow_answer decide) {
        answer = std::move(decide);
        server.handler.note("asked");
    });
    const std::string large = "4" + std::string(60'000, 'x');
    raw_client link(server.start().port());
    link.send(request("GET", websocket_path, {}, all_fields));
    server.handler.await("asked");
    for (int i = 0; i < 8; ++i)
        link.send(text_frame(large));
    link.send(text_frame("4last"));
    answer(std::nullopt);
    CHECK(link.read_answer().status == 101);
    CHECK(link.read_through("\x81\x05"
                            "4last")
              .size() > 8 * large.size());
}

TEST_CASE("a broken frame in the segment of the upgrade request ends the session, not the server") {
    server_fixture server; // CVE-2022-21676
    websocket_client client(server.start().port(), websocket_path, {}, std::string(14, '\xff'));
    CHECK(client.read_text().starts_with("0{"));
    CHECK(client.read_close() == "1002");
    server.handler.await("close transport error");
    open_websocket(server);
}

TEST_CASE("what a WebSocket handshake lacks is named, as Node's ws names it") {
    server_fixture server;
    const auto port = server.start().port();
    const auto without = [&](std::string_view what, std::string_view by = "") {
        return refusal(port, websocket_path, replaced(all_fields, what, by)).body;
    };
    CHECK(without("Sec-WebSocket-Version: 13\r\n") ==
          "Missing or invalid Sec-WebSocket-Version header");
    CHECK(without("dGhlIHNhbXBsZSBub25jZQ==") == "Missing or invalid Sec-WebSocket-Key header");
    CHECK(without("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=") ==
          "Missing or invalid Sec-WebSocket-Key header");
    CHECK(without("Upgrade: websocket", "Upgrade: h2c") == "Invalid Upgrade header");
    CHECK(server.http.counters().sessions_opened == 0);
}

TEST_CASE("a WebSocket version that is not spoken is answered with those that are") {
    server_fixture server;
    raw_client client(server.start().port());
    const auto answer = client.ask(
        request("GET", websocket_path, {}, replaced(all_fields, "Version: 13", "Version: 12")));
    CHECK(answer.status == 400);
    CHECK(answer.header("Sec-WebSocket-Version") == "13, 8");
}

TEST_CASE("the refusal of an upgrade is an answer of its own form, to the byte") {
    server_fixture server;
    raw_client client(server.start().port());
    client.send(request("GET", "/engine.io/?EIO=4&transport=abc", {}, all_fields));
    CHECK(client.read_until_close() == "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
                                       "Content-type: text/html\r\nContent-Length: 17\r\n\r\n"
                                       "Transport unknown");
}

TEST_CASE("an upgrade is refused with 400 and the reason, whatever the code") {
    server_fixture server;
    server.server.allow([](const http_request& asked, allow_answer decide) {
        decide(asked.has_header("x-why") ? std::string(asked.header("x-why")) : std::string());
    });
    const auto port = server.start().port();
    const auto text = [&](const std::string& query, const std::string& extra = {}) {
        const refused got = refusal(port, "/engine.io/?" + query, all_fields + extra);
        CHECK(got.status == 400);
        return got.body;
    };
    CHECK(text("EIO=4") == "Transport unknown");
    CHECK(text("EIO=4&transport=websocket&sid=nobody") == "Session ID unknown");
    CHECK(text("EIO=4&transport=websocket&sid=__proto__") == "Session ID unknown");
    CHECK(text("EIO=4&transport=polling") == "Bad request");
    CHECK(text("EIO=4&transport=websocket") == "Forbidden");
    CHECK(text("EIO=4&transport=websocket", "X-Why: no seat\r\n") == "no seat");
    CHECK(server.http.counters().sessions_opened == 0);
}

TEST_CASE("a revision that is not spoken is refused before the 101, not behind it") {
    server_fixture server;
    const auto port = server.start().port();
    for (const char* query :
         {"transport=websocket", "EIO=3&transport=websocket", "EIO=abc&transport=websocket"}) {
        const refused got = refusal(port, std::string("/engine.io/?") + query, all_fields);
        CHECK(got.status == 400);
        CHECK(got.body == "Unsupported protocol version");
    }
    server.handler.await("error 5 3", 3);
}

TEST_CASE("an upgrade to a path of nobody's, then a reset, does no harm") {
    server_fixture server; // CVE-2022-41940
    const auto port = server.start().port();
    for (int i = 0; i < 20; ++i) {
        raw_client client(port);
        client.send(request("GET", "/elsewhere", {}, all_fields));
        client.reset();
    }
    CHECK(open_websocket(server).link().silent_for(milliseconds(0)));
}

TEST_CASE("without the WebSocket transport an upgrade request is an ordinary one") {
    server_fixture server({.websocket = false});
    raw_client client(server.start().port());
    const auto answer = client.ask(request("GET", websocket_path, {}, all_fields));
    CHECK(answer.status == 400);
    CHECK(answer.body == R"({"code":0,"message":"Transport unknown"})");
    CHECK(client.ask(request("GET", polling_path)).status == 200);
}

} // namespace
} // namespace sockeye::engineio
