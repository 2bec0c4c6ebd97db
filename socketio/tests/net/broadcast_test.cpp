#include "net/polling_client.hpp"

namespace sockeye::socketio {
namespace {

using packets = std::vector<std::string>;

// Three clients on several shards; the first two are in "a", the last two in "b".
struct three_clients {
    three_clients() : at({}, 3) {
        at.io.on_connection([](const socket& s) {
            s.on("call", [s](const std::string& how) {
                if (how == "broadcast") s.broadcast().emit("hi");
                if (how == "to") s.to("a").emit("hi");
                if (how == "to both") s.to("a").to("b").emit("hi");
                if (how == "in") s.in({"a", "b"}).emit("hi");
                if (how == "except") s.except("a").emit("hi");
                if (how == "local") s.local().emit("hi");
            });
        });
        at.start();
        for (int i = 0; i < 3; ++i) {
            clients.push_back(at.connect());
            ids.push_back(clients.back().join());
        }
        at.io.in({ids[0], ids[1]}).sockets_join("a");
        at.io.in({ids[1], ids[2]}).sockets_join("b");
    }
    // Which of the clients hear "hi", once each: "02".
    std::string who_hears(const std::function<void()>& emit) {
        emit();
        std::string who;
        // The caller's own packets are handled first.
        for (const std::size_t i : {1u, 0u, 2u}) {
            static_cast<void>(at.wait(at.io.fetch_sockets())); // every shard has been there
            const packets heard = clients[i].settle();
            if (heard == packets{R"(2["hi"])"})
                who += std::to_string(i);
            else
                CHECK(heard.empty());
        }
        std::ranges::sort(who);
        return who;
    }
    std::string who_hears_socket(const std::string& how) {
        return who_hears([&] {
            clients[1].send(R"(2["call",")" + how + R"("])");
            CHECK(clients[1].settle().empty());
        });
    }

    socketio_fixture at;
    std::vector<packet_client> clients;
    std::vector<std::string> ids;
};

} // namespace

TEST_CASE("a broadcast reaches those who are meant, once each") {
    three_clients t;
    auto& io = t.at.io;
    CHECK(t.who_hears([&] { io.emit("hi"); }) == "012");
    CHECK(t.who_hears([&] { io.to("a").emit("hi"); }) == "01");
    CHECK(t.who_hears([&] { io.to("a").to("b").emit("hi"); }) == "012");
    CHECK(t.who_hears([&] { io.in({"a", "b", "a"}).emit("hi"); }) == "012");
    CHECK(t.who_hears([&] { io.to("nowhere").emit("hi"); }).empty());
    CHECK(t.who_hears([&] { io.except("a").emit("hi"); }) == "2");
    CHECK(t.who_hears([&] { io.to("a").except("b").emit("hi"); }) == "0");
    CHECK(t.who_hears([&] { io.except(t.ids[0]).emit("hi"); }) == "12");
    CHECK(t.who_hears([&] { io.except({t.ids[0], "b"}).emit("hi"); }).empty());
    CHECK(t.who_hears([&] { io.to(t.ids[2]).emit("hi"); }) == "2");
    CHECK(t.who_hears([&] { io.to("a").to(t.ids[0]).emit("hi"); }) == "01");
    CHECK(t.who_hears([&] { io.local().emit("hi"); }) == "012");
    CHECK(t.who_hears([&] { io.sockets().everyone().emit("hi"); }) == "012");
}

TEST_CASE("what a socket broadcasts does not reach itself") {
    three_clients t;
    CHECK(t.who_hears_socket("broadcast") == "02");
    CHECK(t.who_hears_socket("to") == "0");
    CHECK(t.who_hears_socket("to both") == "02");
    CHECK(t.who_hears_socket("in") == "02");
    CHECK(t.who_hears_socket("except") == "2");
    CHECK(t.who_hears_socket("local") == "02");
}

TEST_CASE("a broadcast in the making is a value, and can be used again") {
    three_clients t;
    const auto first = t.at.io.to("a");
    const auto other = first.to("b").except("a").volatile_().compress(false);
    CHECK(t.who_hears([&] { first.emit("hi"); }) == "01");
    CHECK(t.who_hears([&] { other.emit("hi"); }) == "2");
    CHECK(t.who_hears([&] { first.emit("hi"); }) == "01");
}

TEST_CASE("namespaces have rooms and sockets of their own") {
    socketio_fixture at;
    const auto join_tea = [](const socket& s) { s.join("tea"); };
    at.io.on_connection(join_tea);
    at.io.of("chat").on_connection(join_tea);
    auto client = at.start().connect();
    client.join();
    client.join("/chat");
    at.io.of("chat").emit("a");
    at.io.of("chat").to("tea").emit("b");
    at.io.of("chat").send("text");
    at.io.send(1, 2);
    client.expect(R"(2/chat,["a"])")
        .expect(R"(2/chat,["b"])")
        .expect(R"(2/chat,["message","text"])");
    client.expect(R"(2["message",1,2])");
    CHECK(client.settle().empty());
}

TEST_CASE("binary is broadcast as attachments, to each transport in its form") {
    socketio_fixture at({.engine = {.path = "/socket.io", .allow_eio3 = true}});
    at.start();
    auto four = at.connect();
    four.join();
    auto three = at.connect({}, 3);
    CHECK(three.read() == "0");
    polling_client polling(at);
    polling.join();
    at.io.emit("bin", binary{"\x01\x02"}, object{{"again", binary{"\xff"}}});
    const std::string text =
        R"(52-["bin",{"_placeholder":true,"num":0},{"again":{"_placeholder":true,"num":1}}])";
    four.expect(text);
    CHECK(four.read_binary() == "\x01\x02");
    CHECK(four.read_binary() == "\xff");
    three.expect(text);
    CHECK(three.read_binary() == "\x04\x01\x02");
    CHECK(three.read_binary() == "\x04\xff");
    CHECK(polling.get() == "4" + text +
                               "\x1e"
                               "bAQI=\x1e"
                               "b/w==");
}

TEST_CASE("a broadcast is encoded once, whoever gets it") {
    socketio_fixture at({.engine = {.path = "/socket.io", .allow_eio3 = true}}, 2);
    at.start();
    auto one = at.connect(), two = at.connect(), three = at.connect({}, 3);
    one.join();
    two.join();
    three.expect("0");
    polling_client polling(at);
    polling.join();
    const auto before = at.io.counters();
    at.io.emit("news", "text");
    one.expect(R"(2["news","text"])");
    two.expect(R"(2["news","text"])");
    three.expect(R"(2["news","text"])");
    CHECK(polling.get() == R"(42["news","text"])");
    const auto after = at.io.counters();
    CHECK(after.broadcasts - before.broadcasts == 1);
    CHECK(after.encodes - before.encodes == 1);
    CHECK(after.deliveries - before.deliveries == 4);
    CHECK(after.emits == before.emits);
}

TEST_CASE("compression can be forgone, of an emit and of a broadcast") {
    socketio_fixture at({.engine = {.path = "/socket.io",
                                    .per_message_deflate = engineio::compression_options{10}}});
    const std::string text(100, 'x');
    at.io.on_connection([&](const socket& s) {
        s.emit("a", text);
        s.compress(false).emit("a", text);
        at.io.emit("a", text);
        at.io.compress(false).emit("a", text);
    });
    at.start();
    testing::websocket_client client(at.port(), "/socket.io/?EIO=4&transport=websocket",
                                     "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    client.read_frame(); // the open packet
    client.send_text("40");
    client.read_frame();
    for (const unsigned char first : {0xc1, 0x81, 0xc1, 0x81})
        CHECK(client.read_frame().first == first);
}

} // namespace sockeye::socketio
