#include "net/socketio_fixture.hpp"

namespace sockeye::socketio {

TEST_CASE("a namespace's name may be given without its slash") {
    socketio_fixture at;
    CHECK(at.io.of("chat") == at.io.of("/chat"));
    CHECK(at.io.of("") == at.io.of("/"));
    CHECK(at.io.sockets() == at.io.of("/"));
    CHECK(at.io.of("chat").name() == "/chat");
}

TEST_CASE("namespaces of one connection do not hear each other") {
    socketio_fixture at;
    for (const char* const name : {"/a", "/b"})
        at.io.of(name).on_connection([&at](const socket& s) {
            s.on("say", [&at, s](const std::string& what) {
                at.notes.add(s.namespace_name() + ' ' + what);
                s.nsp().emit("said", what);
            });
        });
    auto client = at.start().connect();
    client.join();
    client.join("/a");
    client.join("/b");
    client.send(R"(2/a,["say","one"])");
    client.send(R"(2/b,["say","two"])");
    CHECK(client.settle() ==
          std::vector<std::string>{R"(2/a,["said","one"])", R"(2/b,["said","two"])"});
    CHECK(at.notes.lines() == std::vector<std::string>{"/a one", "/b two"});
}

TEST_CASE("a namespace that nobody has made is refused, and the connection lives on") {
    socketio_fixture at;
    auto client = at.start().connect();
    client.send("0/nowhere,");
    client.expect(R"(4/nowhere,{"message":"Invalid namespace"})");
    client.join();
    CHECK(client.settle().empty());
    CHECK(at.io.counters().connects_refused == 1);
}

TEST_CASE("a query is a part of the namespace's name") {
    socketio_fixture at;
    at.io.of("admin");
    auto client = at.start().connect();
    client.send("0/admin?token=1,");
    client.expect(R"(4/admin?token=1,{"message":"Invalid namespace"})");
}

TEST_CASE("new namespaces are told of, the main one is not") {
    socketio_fixture at;
    at.io.on_new_namespace([&](const namespace_& made) { at.notes.add(made.name()); });
    at.io.of("/");
    at.io.of("chat");
    at.io.of("/chat");
    at.io.of("news");
    CHECK(at.notes.lines() == std::vector<std::string>{"/chat", "/news"});
}

TEST_CASE("a namespace knows its sockets, on all shards") {
    socketio_fixture at({}, 3);
    at.io.of("chat");
    at.start();
    std::vector<packet_client> clients;
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i)
        ids.push_back(clients.emplace_back(at.connect()).join("/chat"));
    std::vector<std::string> found;
    for (const socket& s : at.wait(at.io.of("chat").sockets()).result)
        found.push_back(s.id());
    std::ranges::sort(ids);
    std::ranges::sort(found);
    CHECK(found == ids);
    CHECK(at.io.of("chat").socket_count() == 5);
    CHECK(at.io.sockets().socket_count() == 0);
}

TEST_CASE("the end of a connection ends its sockets in all namespaces, in order") {
    socketio_fixture at;
    for (const char* const name : {"/", "/a", "/b"})
        at.io.of(name).on_connection([&at](const socket& s) {
            s.on("disconnect", [&at, s](const std::string& reason) {
                at.notes.add(s.namespace_name() + ' ' + reason);
            });
        });
    auto client = at.start().connect();
    client.join();
    client.join("/b");
    client.join("/a");
    client.close();
    at.notes.await("/a transport close");
    CHECK(at.notes.lines() == std::vector<std::string>{"/ transport close", "/b transport close",
                                                       "/a transport close"});
}

TEST_CASE("a connection without a namespace may be closed by the client") {
    socketio_fixture at;
    auto client = at.start().connect();
    client.close();
    CHECK(at.becomes_true([&] { return at.http.counters().sessions == 0; }));
}

TEST_CASE("a namespace that was made by the application stays when its last socket leaves") {
    socketio_fixture at({.cleanup_empty_child_namespaces = true});
    at.io.of("chat");
    auto client = at.start().connect();
    client.join("/chat");
    client.send("1/chat,");
    client.join("/chat");
}

TEST_CASE("connection handlers are called in order, and not after off()") {
    socketio_fixture at;
    at.io.on("connect", [&](const socket&) { at.notes.add("first"); });
    const listener second = at.io.on("connection", [&](const socket&) { at.notes.add("second"); });
    at.io.on_connection([&](const socket&) { at.notes.add("third"); });
    at.start();
    auto one = at.connect();
    one.join();
    one.settle();
    at.io.off(second);
    auto other = at.connect();
    other.join();
    other.settle();
    CHECK(at.notes.lines() ==
          std::vector<std::string>{"first", "second", "third", "first", "third"});
    CHECK(at.io.listener_count("connection") == 3); // with the fixture's
}

TEST_CASE("a connection handler that throws is logged, and the others are called") {
    socketio_fixture at;
    at.io.on_connection([](const socket&) { throw std::runtime_error("no luck"); });
    at.io.on_connection([](const socket& s) { s.emit("hello"); });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(2["hello"])");
    CHECK(at.io.counters().handler_exceptions == 1);
}

TEST_CASE("who is told of a new namespace and throws does not keep clients out of it") {
    socketio_fixture at;
    at.io.on_new_namespace([](const namespace_&) { throw std::runtime_error("no luck"); });
    at.io.of(pattern{"^/room-"});
    auto client = at.start().connect();
    client.join("/room-1");
    CHECK(at.notes.lines() ==
          std::vector<std::string>{
              "log /room-1: exception out of the handler of \"new_namespace\": no luck"});
}

TEST_CASE("a server that is alone has nobody to send server-side events to") {
    socketio_fixture at;
    at.start();
    at.io.server_side_emit("refresh");
    CHECK(at.notes.lines().size() == 1); // a warning
    const auto answers = at.wait(at.io.server_side_emit_with_ack("refresh"));
    CHECK(answers);
    CHECK(answers.result.empty());
}

TEST_CASE("names that mean something else are refused") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        for (const char* const name : {"connect", "connect_error", "disconnect", "disconnecting",
                                       "newListener", "removeListener"}) {
            CHECK_THROWS_AS(s.emit(name), std::invalid_argument);
            CHECK_THROWS_AS(at.io.emit(name), std::invalid_argument);
            CHECK_THROWS_AS(s.broadcast().emit(name), std::invalid_argument);
            CHECK_THROWS_AS(static_cast<void>(s.emit_with_ack(name)), std::invalid_argument);
        }
        for (const char* const name : {"connect", "connection", "new_namespace"})
            CHECK_THROWS_AS(at.io.server_side_emit(name), std::invalid_argument);
        at.notes.add("checked");
    });
    auto client = at.start().connect();
    client.join();
    at.notes.await("checked");
    CHECK(client.settle().empty());
}

} // namespace sockeye::socketio
