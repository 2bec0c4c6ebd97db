#include "codec/deflate.hpp"
#include "websocket_session.hpp"

#include <doctest/doctest.h>

#include <array>
#include <future>
#include <optional>
#include <string>

namespace sockeye::engineio {
namespace {

using testing::masked_frame;
using testing::text_frame;
using testing::websocket_client;

TEST_CASE("text comes back as text and bytes as bytes") {
    server_fixture server;
    auto client = open_websocket(server.start());
    client.send_text("4h\xc3\xa4llo \xf0\x9f\x90\x9f");
    CHECK(client.read_text() == "4h\xc3\xa4llo \xf0\x9f\x90\x9f");
    const std::string bytes("\x00\x01\xff\x04", 4);
    client.send_binary(bytes);
    CHECK(client.read_binary() == bytes);
    client.send_text("bAAH/BA==");
    CHECK(client.read_binary() == bytes);
}

TEST_CASE("in version 3 a binary frame begins with its type") {
    server_fixture server({.allow_eio3 = true});
    auto client = open_websocket(server.start(), websocket_v3_path);
    client.send_text("4hello");
    CHECK(client.read_text() == "4hello");
    client.send_binary("\x04\x01\x02\x03");
    CHECK(client.read_binary() == "\x04\x01\x02\x03");
    client.send_text("b4AQID");
    CHECK(client.read_binary() == "\x04\x01\x02\x03");
}

TEST_CASE("a client that cannot take bytes gets them as base64, in either version") {
    server_fixture server({.allow_eio3 = true});
    auto client = open_websocket(server.start(), websocket_path + "&b64=1");
    client.send_binary("\x01\x02\x03");
    CHECK(client.read_text() == "bAQID");
    client.send_text("4hello");
    CHECK(client.read_text() == "4hello");
    auto old_client = open_websocket(server, websocket_v3_path + "&b64=1");
    old_client.send_binary("\x04\x01\x02\x03");
    CHECK(old_client.read_text() == "b4AQID");
}

TEST_CASE("messages of every length form come back whole") {
    server_fixture server;
    auto client = open_websocket(server.start());
    for (const std::size_t size : {0, 1, 124, 125, 126, 65'534, 65'535, 65'536, 999'999}) {
        const std::string message = "4" + std::string(size, 'm');
        client.send_text(message);
        CHECK(client.read_text() == message);
    }
}

TEST_CASE("a message in fragments is one message, whatever comes between them") {
    server_fixture server;
    auto client = open_websocket(server.start());
    client.send(masked_frame(0x01, "4one") + masked_frame(0x89, "ping") +
                masked_frame(0x00, ", two") + masked_frame(0x00, "") + masked_frame(0x80, ", end"));
    const auto pong = client.read_frame();
    CHECK(pong.first == 0x8a);
    CHECK(pong.payload == "ping");
    CHECK(client.read_text() == "4one, two, end");
}

TEST_CASE("frames that arrive byte by byte are the same frames") {
    server_fixture server;
    auto client = open_websocket(server.start());
    for (const char byte : text_frame("4slow") + masked_frame(0x82, "bytes"))
        client.send({&byte, 1});
    CHECK(client.read_text() == "4slow");
    CHECK(client.read_binary() == "bytes");
}

TEST_CASE("hundreds of messages in one segment keep their order") {
    server_fixture server;
    auto client = open_websocket(server.start());
    std::string burst;
    for (int i = 0; i < 500; ++i)
        burst += text_frame("4" + std::to_string(i));
    client.send(burst);
    for (int i = 0; i < 500; ++i)
        REQUIRE(client.read_text() == "4" + std::to_string(i));
}

TEST_CASE("packets that mean nothing on a WebSocket change nothing") {
    server_fixture server;
    auto client = open_websocket(server.start());
    for (const char* packet : {"0", "3", "5", "6", "3probe", "0{}"})
        client.send_text(packet);
    client.send_text("4still here");
    CHECK(client.read_text() == "4still here");
}

// ---- size

TEST_CASE("a message of max_payload bytes passes, counted with its type") {
    server_fixture server({.max_payload = 100});
    auto client = open_websocket(server.start());
    const std::string largest = "4" + std::string(99, 'x');
    client.send_text(largest);
    CHECK(client.read_text() == largest);
    client.send_binary(std::string(100, 'x'));
    CHECK(client.read_binary().size() == 100);
    client.send(masked_frame(0x01, largest.substr(0, 60)) + masked_frame(0x80, largest.substr(60)));
    CHECK(client.read_text() == largest);
}

TEST_CASE("a message one byte over max_payload ends with 1009 and no reason") {
    const std::string over = "4" + std::string(100, 'x');
    for (const std::string& wire :
         {text_frame(over), masked_frame(0x82, over),
          masked_frame(0x01, over.substr(0, 60)) + masked_frame(0x80, over.substr(60))}) {
        server_fixture server({.max_payload = 100});
        auto client = open_websocket(server.start());
        client.send(wire);
        CHECK(client.read_close() == "1009");
        server.handler.await("close transport error");
        CHECK(server.handler.last_detail() == "Max payload size exceeded");
    }
}

TEST_CASE("an announced length is refused before any of it arrives") {
    server_fixture server;
    auto client = open_websocket(server.start());
    client.send("\x82\xff" + std::string("\x7f\xff\xff\xff\xff\xff\xff\xff"
                                         "mask"));
    CHECK(client.read_close() == "1009");
}

TEST_CASE("empty fragments are counted, for they cost time") {
    server_fixture server({.max_fragments = 3});
    auto client = open_websocket(server.start());
    client.send(masked_frame(0x01, "4") + masked_frame(0x00, "a") + masked_frame(0x80, "b"));
    CHECK(client.read_text() == "4ab");
    client.send(masked_frame(0x01, "4") + masked_frame(0x00, "") + masked_frame(0x00, "") +
                masked_frame(0x80, ""));
    CHECK(client.read_close().starts_with("1008"));
}

// ---- pings of the WebSocket protocol

TEST_CASE("a ping is answered with its own payload, an unasked pong is not") {
    server_fixture server;
    auto client = open_websocket(server.start());
    client.send(masked_frame(0x8a, "unasked") + masked_frame(0x89, "") +
                masked_frame(0x89, std::string(125, 'p')));
    CHECK(client.read_frame().payload.empty());
    const auto pong = client.read_frame();
    CHECK(pong.first == 0x8a);
    CHECK(pong.payload == std::string(125, 'p'));
}

TEST_CASE("who reads its pongs may ping as often as it likes") {
    server_fixture server({.max_pending_pongs = 10});
    auto client = open_websocket(server.start());
    std::string burst;
    for (int i = 0; i < 1000; ++i)
        burst += masked_frame(0x89, std::to_string(i));
    client.send(burst);
    for (int i = 0; i < 1000; ++i)
        REQUIRE(client.read_frame().payload == std::to_string(i));
}

TEST_CASE("a flood of pings by a peer that reads no pong is cut off") {
    server_fixture server({.websocket_close_timeout = milliseconds(50)});
    auto client = open_websocket(server.start());
    std::string burst;
    for (int i = 0; i < 100; ++i)
        burst += masked_frame(0x89, std::string(125, 'p'));
    CHECK_THROWS([&] { // the server stops reading, or has closed
        for (int i = 0; i < 20'000; ++i) {
            if (server.handler.count("close transport error") > 0)
                throw std::runtime_error("closed");
            client.send(burst);
        }
    }());
    server.handler.await("close transport error");
    CHECK(server.handler.last_detail() == "too many pings");
}

// ---- permessage-deflate

const std::string offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

std::string deflated(std::string_view data) {
    std::string out;
    deflater().deflate_message(data, out);
    return out;
}

std::string inflated(const std::string& data) {
    std::string out;
    CHECK(inflater().inflate_message(data, 10'000'000, out) == inflater::status::ok);
    return out;
}

websocket_client open_deflating(const server_fixture& server) {
    websocket_client client(server.port(), websocket_path, offer);
    CHECK(client.handshake().header("Sec-WebSocket-Extensions").starts_with("permessage-deflate"));
    client.read_frame(); // the open packet, deflated or not
    return client;
}

TEST_CASE("both sides deflate once it is agreed on, from the threshold on") {
    server_fixture server({.per_message_deflate = compression_options{.threshold = 100}});
    auto client = open_deflating(server.start());
    client.send(masked_frame(0xc1, deflated("4" + std::string(5000, 'z'))));
    const auto large = client.read_frame();
    CHECK(large.first == 0xc1);
    CHECK(large.payload.size() < 100);
    CHECK(inflated(large.payload) == "4" + std::string(5000, 'z'));

    client.send_text("4" + std::string(100, 'z')); // 100 bytes of data
    CHECK(client.read_frame().first == 0xc1);
    client.send_text("4" + std::string(99, 'z'));
    CHECK(client.read_frame().first == 0x81);
}

TEST_CASE("a message is sent as it is where the application says so") {
    server_fixture server({.per_message_deflate = compression_options{}});
    server.handler.received = [](session& from, std::string_view data, bool) {
        from.send(data, {.compress = false});
    };
    auto client = open_deflating(server.start());
    client.send_text("4" + std::string(5000, 'z'));
    CHECK(client.read_frame().first == 0x81);
}

TEST_CASE("inflating stops at max_payload, however little was sent") {
    server_fixture server({.max_payload = 10'000, .per_message_deflate = compression_options{}});
    auto client = open_deflating(server.start());
    const std::string largest = "4" + std::string(9'999, 'z');
    client.send(masked_frame(0xc1, deflated(largest)));
    CHECK(inflated(client.read_frame().payload) == largest);
    const std::string bomb = deflated(std::string(8'000'000, 'z'));
    REQUIRE(bomb.size() <= 40'000);
    client.send(masked_frame(0xc1, bomb.substr(0, 9'000)));
    CHECK(client.read_close() == "1009");
    server.handler.await("close transport error");
}

TEST_CASE("messages that inflate to many times their bytes do not keep the shard to themselves") {
    server_fixture server({.per_message_deflate = compression_options{}}, one_shard());
    std::size_t handled = 0;
    std::promise<std::size_t> before_others;
    server.handler.received = [&](session&, std::string_view, bool) {
        if (++handled > 1) return;
        server.http.shards().post(0, [&] { before_others.set_value(handled); });
    };
    auto client = open_deflating(server.start());
    const std::string frame = masked_frame(0xc1, deflated("4" + std::string(999'000, 'z')));
    std::string flood;
    for (int i = 0; i < 40; ++i)
        flood += frame;
    client.send(flood);
    client.send_text("4end");
    auto result = before_others.get_future();
    REQUIRE(result.wait_for(testing::patience) == std::future_status::ready);
    CHECK(result.get() <= 2);
    server.handler.await("message end");
}

TEST_CASE("what does not inflate ends the session") {
    server_fixture server({.per_message_deflate = compression_options{}});
    auto client = open_deflating(server.start());
    client.send(masked_frame(0xc1, "\xff\xff\xff\xff"));
    CHECK(client.read_close().starts_with("1007"));
}

TEST_CASE("one packet serves recipients with and without permessage-deflate") {
    server_fixture server({.per_message_deflate = compression_options{}});
    const std::string news(5000, 'n');
    server.handler.received = [&](session&, std::string_view, bool) {
        const auto packet = outgoing::share(encode_message(news));
        server.server.for_each([&](session& s) { s.send({&packet, 1}); });
    };
    std::array deflating{open_deflating(server.start()), open_deflating(server)};
    auto plain = open_websocket(server);
    plain.send_text("4now");
    CHECK(plain.read_text() == "4" + news);
    const std::string shared = deflating[0].read_frame().payload;
    CHECK(inflated(shared) == "4" + news);
    CHECK(deflating[1].read_frame().payload == shared);
}

} // namespace
} // namespace sockeye::engineio
