#include "net/polling_client.hpp"

namespace sockeye::socketio {
namespace {

// Sends every event back under another name.
void echo(socketio_fixture& at) {
    at.io.on_connection([](const socket& s) {
        s.on("echo", [s](incoming_event& event) {
            event.arguments[0] = "echoed";
            s.emit_array(event.arguments);
        });
    });
    at.start();
}

} // namespace

TEST_CASE("arguments of every type go in and out as they are") {
    socketio_fixture at;
    echo(at);
    auto client = at.connect();
    client.join();
    const std::string arguments =
        R"(,1,-2.5,"3",[true,false,null,[],{}],{"a":{"b":[1,{"c":"d"}]}},9223372036854775807])";
    client.send(R"(2["echo")" + arguments);
    client.expect(R"(2["echoed")" + arguments);
}

TEST_CASE("text of every script goes in and out as it is, over both transports") {
    const std::string text = R"(["てすと","Я Б Г Д Ж Й","Ä ä Ü ü ß","utf8 — string","😀"])";
    socketio_fixture at;
    echo(at);
    auto client = at.connect();
    client.join();
    client.send(R"(2["echo",)" + text + "]");
    client.expect(R"(2["echoed",)" + text + "]");
    polling_client polling(at);
    polling.join();
    polling.post(R"(42["echo",)" + text + "]");
    CHECK(polling.get() == R"(42["echoed",)" + text + "]");
}

TEST_CASE("binary goes in and out among other arguments, empty and large too") {
    socketio_fixture at;
    echo(at);
    auto client = at.connect();
    client.join();
    const std::string arguments = R"(,1,{"_placeholder":true,"num":0},[{"deep":{"_placeholder":)"
                                  R"(true,"num":1}}],"text"])";
    const std::string large(500'000, '\xfe');
    client.send(R"(52-["echo")" + arguments);
    client.send_binary("");
    client.send_binary(large);
    client.expect(R"(52-["echoed")" + arguments);
    CHECK(client.read_binary().empty());
    CHECK(client.read_binary() == large);
}

TEST_CASE("a large text goes in and out") {
    socketio_fixture at;
    echo(at);
    auto client = at.connect();
    client.join();
    const std::string large(900'000, 'x');
    client.send(R"(2["echo",")" + large + "\"]");
    client.expect(R"(2["echoed",")" + large + "\"]");
}

TEST_CASE("names that mean something in JavaScript are names like any other") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        for (const char* const name : {"__proto__", "constructor", "toString", ""})
            s.on(name, [s, name](const value& argument) { s.emit("heard", name, argument); });
    });
    auto client = at.start().connect();
    client.join();
    const std::string argument = R"({"__proto__":{"constructor":1},"hasOwnProperty":2})";
    for (const std::string name : {"__proto__", "constructor", "toString", ""}) {
        client.send(R"(2[")" + name + R"(",)" + argument + "]");
        client.expect(R"(2["heard",")" + name + R"(",)" + argument + "]");
    }
}

TEST_CASE("send() is the event \"message\", in both directions") {
    socketio_fixture at;
    at.io.on_connection([](const socket& s) {
        s.on("message", [s](int n, const std::string& text) { s.send(n, text); });
        s.timeout(1min).send("flagged");
    });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(2["message","flagged"])");
    client.send(R"(2["message",1,"a"])");
    client.expect(R"(2["message",1,"a"])");
}

TEST_CASE("what a client sends right behind its CONNECT is heard, in order") {
    socketio_fixture at;
    at.io.of("chat").on_connection([&](const socket& s) {
        s.on("n", [&](int n) { at.notes.add(std::to_string(n)); });
        s.on("last", [s] { s.emit("done"); });
    });
    auto client = at.start().connect();
    std::string all = testing::text_frame("40/chat,");
    for (const char* const packet :
         {R"(42/chat,["n",1])", R"(42/chat,["n",2])", R"(42/chat,["n",3])", R"(42/chat,["last"])"})
        all += testing::text_frame(packet);
    client.link().send(all);
    CHECK(client.read().starts_with("0/chat,{"));
    client.expect(R"(2/chat,["done"])");
    CHECK(at.notes.lines() == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("the msgpack parser carries events, answers and binary in one message each") {
    socketio_fixture at({.parser = msgpack_parser()});
    echo(at);
    at.io.on_connection([&](const socket& s) {
        s.on("disconnect", [&](const std::string& reason) { at.notes.add(reason); });
    });
    const auto written = [](const packet& from) { return msgpack_parser()->encode(from)[0].data; };
    testing::websocket_client client(at.port(), "/socket.io/?EIO=4&transport=websocket");
    client.read_text(); // the open packet
    client.send_binary(written({.type = packet_type::connect}));
    CHECK(client.read_binary().find("sid") != std::string::npos);
    client.send_binary(written({.data = array{"echo", 1, binary{"x"}}}));
    CHECK(client.read_binary() == written({.data = array{"echoed", 1, binary{"x"}}}));
    client.send_binary(written({.data = array{"disconnect", "a lie"}}));
    client.read_close();
    at.notes.await("forced close");
    CHECK(at.notes.count("a lie") == 0);
}

} // namespace sockeye::socketio
