#include "net/polling_client.hpp"

namespace sockeye::socketio {
namespace {

// A server that notes what its handlers hear, and a client in two namespaces.
struct listening_server {
    explicit listening_server(server_options options = {}) : at(std::move(options)) {
        for (const char* const name : {"/", "/chat"})
            at.io.of(name).on_connection([this](const socket& s) {
                s.on_any([this](incoming_event& e) {
                    if (e.arguments[0] != "settle") at.notes.add("event");
                });
                s.on("error", [this](const std::string& what) { at.notes.add("error: " + what); });
                s.on("disconnect", [this](const std::string& why) { at.notes.add(why); });
            });
        at.start();
    }
    packet_client connect() {
        auto client = at.connect();
        client.join();
        client.join("/chat");
        return client;
    }
    socketio_fixture at;
};

} // namespace

TEST_CASE("a client that breaks the protocol is disconnected, and each of its sockets told why") {
    const std::pair<const char*, const char*> inputs[] = {
        {"7[\"a\"]", "unknown packet type 7"},
        {"x", "unknown packet type NaN"},
        {"2{}", "invalid payload"},
        {"2[]", "invalid payload"},
        {"2[null]", "invalid payload"},
        {"2[\"connect\"]", "invalid payload"},
        {"2[\"connect_error\"]", "invalid payload"},
        {"2[\"disconnect\"]", "invalid payload"},
        {"2[\"disconnecting\"]", "invalid payload"},
        {"2[\"newListener\"]", "invalid payload"},
        {"2[\"removeListener\"]", "invalid payload"},
        {"1{}", "invalid payload"},
        {"2[\"a\"", "invalid payload"},
        {"2[\"a\"]x", "invalid payload"},
        {"2-1[\"a\"]", "invalid payload"},
        {"21.5[\"a\"]", "invalid payload"},
        {"21e3[\"a\"]", "invalid payload"},
        {"3{}", "invalid payload"},
        {"", "invalid payload"},
        {"51[\"a\"]", "Illegal attachments"},
        {"5-1-[\"a\"]", "Illegal attachments"},
        {"50-[\"a\"]", "Illegal attachments"},
        {"511-[\"a\"]", "too many attachments"},
    };
    for (const auto& [input, why] : inputs) {
        CAPTURE(input);
        listening_server server;
        auto client = server.connect();
        client.send(input);
        client.expect_closed();
        server.at.notes.await("forced close", 2);
        const std::string error = std::string("error: ") + why;
        CHECK(server.at.notes.lines() ==
              std::vector<std::string>{error, error, "forced close", "forced close"});
        CHECK(server.at.io.counters().packets_invalid == 1);
    }
}

TEST_CASE("a first packet that is wrong closes the connection") {
    for (const char* const input : {"0[1]", "0\"x\"", "0null", "0{", "2", "4{\"message\":\"x\"}"}) {
        CAPTURE(input);
        socketio_fixture at;
        auto client = at.start().connect();
        client.send(input);
        client.expect_closed();
    }
}

TEST_CASE("a refusal that comes from a client closes the connection") {
    listening_server server;
    auto client = server.connect();
    client.send(R"(4{"message":"x"})");
    client.expect_closed();
    server.at.notes.await("forced close", 2);
}

TEST_CASE("odd packets that do no harm are let pass") {
    listening_server server;
    auto client = server.connect();
    for (const char* const input : {"2", "3[]", "399[]", "3", R"(2["unheard"])", R"(2[1,2])"})
        client.send(input);
    CHECK(client.settle().empty());
    CHECK(server.at.notes.lines() == std::vector<std::string>{"event", "event"});
}

TEST_CASE("a client's own event named error reaches the error handlers") {
    listening_server server;
    auto client = server.connect();
    client.send(R"(2["error","mine"])");
    client.settle();
    CHECK(server.at.notes.lines() == std::vector<std::string>{"event", "error: mine"});
}

TEST_CASE("binary and text that come out of turn close the connection") {
    listening_server server;
    auto early = server.connect();
    early.send_binary("x");
    early.expect_closed();
    server.at.notes.await("error: got binary data when not reconstructing a packet", 2);
    auto late = server.connect();
    late.send(R"(51-["a",{"_placeholder":true,"num":0}])");
    late.send(R"(2["b"])");
    late.expect_closed();
    server.at.notes.await("error: got plaintext data when reconstructing a packet", 2);
}

TEST_CASE("a placeholder for an attachment that is not there closes the connection") {
    for (const char* const num : {"1", "-1", "\"0\"", "0.5", "null"}) {
        CAPTURE(num);
        listening_server server;
        auto client = server.connect();
        client.send(R"(51-["a",{"_placeholder":true,"num":)" + std::string(num) + "}]");
        client.send_binary("x");
        client.expect_closed();
        server.at.notes.await("error: illegal attachments", 2);
    }
}

TEST_CASE("attachments may be used twice, or not at all; a plain event has no placeholders") {
    socketio_fixture at;
    at.io.on_connection([](const socket& s) {
        s.on("back", [](incoming_event& event) { event.reply.send(event.arguments); });
    });
    auto client = at.start().connect();
    client.join();
    const std::string place = R"({"_placeholder":true,"num":0})";
    client.send("51-1[\"back\"," + place + "," + place + "]");
    client.send_binary("x");
    client.expect("62-1[\"back\"," + place + R"(,{"_placeholder":true,"num":1}])");
    CHECK(client.read_binary() == "x");
    CHECK(client.read_binary() == "x");
    client.send("51-2[\"back\"]");
    client.send_binary("x");
    client.expect("32[\"back\"]");
    client.send("23[\"back\"," + place + "]");
    client.expect("33[\"back\"," + place + "]");
}

TEST_CASE("what a client sent behind a broken packet is not heard") {
    listening_server server;
    auto client = server.connect();
    client.link().send(testing::text_frame("42[]") + testing::text_frame(R"(42["bad"])"));
    client.expect_closed();
    server.at.notes.await("forced close", 2);
    CHECK(server.at.notes.count("event") == 0);
}

TEST_CASE("over polling, what a client sent behind a broken packet is not heard") {
    listening_server server;
    polling_client client(server.at);
    client.join();
    client.post("42[\"good\"]\x1e"
                "42[]\x1e"
                "42[\"bad\"]");
    client.get(); // which is told of the end
    server.at.notes.await("forced close");
    CHECK(server.at.notes.lines() ==
          std::vector<std::string>{"event", "error: invalid payload", "forced close"});
}

TEST_CASE("an error that nobody handles is none of the server's business") {
    socketio_fixture at;
    auto client = at.start().connect();
    client.join();
    client.send("2[]");
    client.expect_closed();
    auto other = at.connect();
    other.join();
    CHECK(other.settle().empty());
}

TEST_CASE("a client may be in only so many namespaces") {
    socketio_fixture at({.max_namespaces_per_client = 2});
    at.io.of("a");
    at.io.of("b");
    auto client = at.start().connect();
    client.join();
    client.join("/a");
    client.send("0/b,");
    client.expect(R"(4/b,{"message":"Too many namespaces"})");
    client.send("1/a,");
    client.join("/b");
}

} // namespace sockeye::socketio
