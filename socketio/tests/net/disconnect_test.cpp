#include "net/polling_client.hpp"

namespace sockeye::socketio {
namespace {

// Notes how sockets of these namespaces end, and ends them as their clients ask.
void watch(socketio_fixture& at, const std::vector<std::string>& namespaces) {
    for (const std::string& name : namespaces)
        at.io.of(name).on_connection([&at](const socket& s) {
            s.on("leave", [s](bool close) { s.disconnect(close); });
            s.on("disconnecting", [&at, s](const std::string& reason) {
                at.notes.add(s.namespace_name() + " goes: " + reason);
            });
            s.on("disconnect", [&at, s](const std::string& reason) {
                at.notes.add(s.namespace_name() + " gone: " + reason +
                             (s.connected() ? ", connected" : ""));
            });
        });
}

} // namespace

TEST_CASE("the server ends a socket and leaves the connection, with its other namespaces") {
    socketio_fixture at;
    watch(at, {"/chat"});
    auto client = at.start().connect();
    client.join();
    client.join("/chat");
    client.send(R"(2/chat,["leave",false])");
    CHECK(client.settle() == std::vector<std::string>{"1/chat,"});
    CHECK(at.notes.lines() == std::vector<std::string>{"/chat goes: server namespace disconnect",
                                                       "/chat gone: server namespace disconnect"});
    client.join("/chat");
}

TEST_CASE("the server ends a connection, each namespace is told first") {
    socketio_fixture at;
    watch(at, {"/", "/chat"});
    auto client = at.start().connect();
    client.join();
    client.join("/chat");
    client.send(R"(2/chat,["leave",true])");
    client.expect("1").expect("1/chat,");
    client.expect_closed();
    at.notes.await("/ gone: server namespace disconnect");
    at.notes.await("/chat gone: server namespace disconnect");
}

TEST_CASE("over polling the end of a connection is told with the next GETs") {
    socketio_fixture at;
    watch(at, {"/"});
    at.start();
    polling_client client(at);
    client.join();
    client.begin_get();
    client.post(R"(42["leave",true])");
    CHECK(client.finish_get() == "41");
    CHECK(client.get() == "6\x1e"
                          "1");
    at.notes.await("/ gone: server namespace disconnect");
}

TEST_CASE("a client that leaves a namespace") {
    socketio_fixture at;
    watch(at, {"/chat"});
    auto client = at.start().connect();
    client.join();
    client.join("/chat");
    client.send("1/chat,");
    CHECK(client.settle().empty());
    CHECK(at.notes.lines() == std::vector<std::string>{"/chat goes: client namespace disconnect",
                                                       "/chat gone: client namespace disconnect"});
    client.send(R"(2/chat,["late"])");
    client.expect_closed();
}

TEST_CASE("a connection that breaks") {
    socketio_fixture at;
    watch(at, {"/"});
    auto client = at.start().connect();
    client.join();
    client.close();
    at.notes.await("/ gone: transport close");
}

TEST_CASE("a client that falls silent") {
    socketio_fixture at(
        {.engine = {.path = "/socket.io", .ping_interval = 50ms, .ping_timeout = 500ms}});
    watch(at, {"/"});
    auto client = at.start().connect();
    client.join(); // answers pings meanwhile
    at.notes.await("/ gone: ping timeout");
}

TEST_CASE("what is no Engine.IO packet is a parse error") {
    socketio_fixture at;
    watch(at, {"/"});
    auto client = at.start().connect();
    client.join();
    client.link().send_text("x");
    at.notes.await("/ gone: parse error");
}

TEST_CASE("the application closes the connection below") {
    socketio_fixture at;
    watch(at, {"/"});
    at.io.on_connection([](const socket& s) { s.on("close", [s] { s.connection()->close(); }); });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["close"])");
    client.expect_closed();
    at.notes.await("/ gone: forced close");
}

TEST_CASE("a socket that has gone does nothing any more") {
    socketio_fixture at;
    std::promise<socket> connected;
    at.io.of("chat").on_connection([&](const socket& s) {
        s.on("disconnect", [&at, s] {
            s.emit("a");
            s.join("tea");
            s.disconnect();
            s.volatile_().emit("b");
            at.notes.add("gone");
        });
        connected.set_value(s);
    });
    auto client = at.start().connect();
    client.join();
    client.join("/chat");
    client.send("1/chat,");
    at.notes.await("gone");
    const socket s = connected.get_future().get();
    s.emit("c");
    s.join("tea");
    s.disconnect(true);
    at.io.of("chat").to("tea").emit("d");
    CHECK(client.settle().empty());
}

TEST_CASE("a middleware cannot disconnect who is not connected") {
    socketio_fixture at;
    at.io.use([](const socket& s, const namespace_::connect_next& next) {
        s.disconnect();
        next({});
    });
    auto client = at.start().connect();
    client.join();
    CHECK(client.settle().empty());
}

TEST_CASE(
    "handlers that a socket's handlers take away, or add, are called from the next event on") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        const listener later = s.on("go", [&] { at.notes.add("taken away"); });
        s.prepend("go", [&at, s, later] {
            at.notes.add("first");
            s.off(later);
            s.once("go", [&at] { at.notes.add("added, once"); });
        });
        s.prepend_once("go", [&] { at.notes.add("ahead, once"); });
        CHECK(s.listener_count("go") == 3);
        CHECK(s.event_names() == std::vector<std::string>{"go", "settle"});
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["go"])");
    client.send(R"(2["go"])");
    client.settle();
    CHECK(at.notes.lines() ==
          std::vector<std::string>{"ahead, once", "first", "taken away", "first", "added, once"});
}

TEST_CASE("sockets may end while a broadcast is on its way to them") {
    socketio_fixture at;
    at.io.on_connection([&at](const socket& s) {
        s.on_any_outgoing(
            [&at, id = s.id()](const array&) { at.io.except(id).disconnect_sockets(); });
    });
    at.start();
    std::vector<packet_client> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(at.connect());
        clients.back().join();
    }
    at.io.emit("hi"); // whoever it reaches first ends the others
    std::vector<std::string> heard;
    for (packet_client& client : clients)
        heard.push_back(client.read());
    std::ranges::sort(heard);
    CHECK(heard == std::vector<std::string>{"1", "1", R"(2["hi"])"});
    CHECK(at.io.counters().sockets == 1);
}

TEST_CASE("what is given to a socket that has gone is let go") {
    socketio_fixture at;
    const auto held = std::make_shared<int>();
    at.io.on_connection([&](const socket& s) {
        s.on("disconnect", [&, s] {
            s.on("late", [s, held] {});
            s.on_any([s, held](incoming_event&) {});
            s.on_any_outgoing([s, held](const array&) {});
            s.use([s, held](incoming_event&, const next_function&) {});
            at.http.shards().post(0, [&, s] {
                CHECK(s.once("later", [s, held] {}).expired());
                CHECK(s.prepend_any([s, held](incoming_event&) {}).expired());
                at.notes.add("done");
            });
        });
    });
    at.start().connect().join();
    at.notes.await("done");
    CHECK(held.use_count() == 1);
}

} // namespace sockeye::socketio
