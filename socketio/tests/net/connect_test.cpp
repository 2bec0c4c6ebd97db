#include "net/polling_client.hpp"

namespace sockeye::socketio {

TEST_CASE("a client has another id in each namespace") {
    socketio_fixture at;
    at.io.of("chat");
    auto client = at.start().connect();
    const std::string main = client.join(), chat = client.join("/chat");
    CHECK(main.size() == 20);
    CHECK(chat.size() == 20);
    CHECK(main != chat);
}

TEST_CASE("what a client says when it joins is known in that namespace") {
    socketio_fixture at;
    const auto note_auth = [&](const socket& s) {
        const value* const token = s.handshake().auth.find("token");
        at.notes.add(s.namespace_name() + " " + (token ? token->as_string() : "none"));
    };
    at.io.on_connection(note_auth);
    at.io.of("chat").on_connection(note_auth);
    auto client = at.start().connect();
    client.join("/", R"({"token":"a"})");
    client.join("/chat");
    client.settle();
    CHECK(at.notes.lines() == std::vector<std::string>{"/ a", "/chat none"});
}

TEST_CASE("the CONNECT reply comes ahead of what connection handlers send") {
    socketio_fixture at;
    at.io.on("connect", [](const socket& s) { s.emit("hello"); });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(2["hello"])");
}

TEST_CASE("a client that asks twice in a row gets one socket") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) { at.notes.add(s.id()); });
    auto client = at.start().connect();
    client.send("0");
    const std::string id = client.join();
    CHECK(client.settle().empty());
    CHECK(at.notes.lines() == std::vector<std::string>{id});
}

TEST_CASE("a CONNECT for a namespace that the client is in already closes the connection") {
    socketio_fixture at;
    auto client = at.start().connect();
    client.join();
    client.settle();
    client.send("0");
    client.expect_closed();
}

TEST_CASE("an event ahead of the namespace's CONNECT closes the connection") {
    socketio_fixture at;
    auto client = at.start().connect();
    client.send(R"(2["early"])");
    client.expect_closed();
}

TEST_CASE("an event while a middleware decides closes the connection") {
    socketio_fixture at;
    at.io.use([](const socket&, const namespace_::connect_next&) {});
    auto client = at.start().connect();
    client.send("0");
    client.send(R"(2["early"])");
    client.expect_closed();
}

TEST_CASE("an event for another namespace closes the connection, with all its namespaces") {
    socketio_fixture at;
    at.io.of("chat");
    at.io.on_connection([&](const socket& s) {
        s.on("disconnect", [&](const std::string& reason) { at.notes.add(reason); });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2/chat,["hello"])");
    client.expect_closed();
    at.notes.await("forced close");
}

TEST_CASE("a client that joins nothing is disconnected in time") {
    socketio_fixture at({.connect_timeout = 20ms});
    auto client = at.start().connect();
    client.expect_closed();
    CHECK(at.io.counters().connects_timed_out == 1);
}

TEST_CASE("a refusal does not stop the clock of a client that has joined nothing") {
    socketio_fixture at({.connect_timeout = 50ms});
    auto client = at.start().connect();
    client.send("0/nowhere,");
    CHECK(at.becomes_true([&] { return at.io.counters().connects_timed_out == 1; }));
}

TEST_CASE("a client that leaves its last namespace may stay, and join again") {
    socketio_fixture at;
    auto client = at.start().connect();
    const std::string first = client.join();
    client.send("1");
    const std::string second = client.join();
    CHECK(first != second);
    CHECK(client.settle().empty());
}

TEST_CASE("a client that is cut as it is told that it is connected never was") {
    server_options options;
    options.engine.queue.max_packets = 1;
    socketio_fixture at(options);
    for (const char* const name : {"/", "/chat"})
        at.io.of(name).on_connection([&](const socket& s) {
            at.notes.add("in " + s.namespace_name());
            s.on("disconnect", [&, s] { at.notes.add("out of " + s.namespace_name()); });
        });
    at.start();
    polling_client client(at);
    client.post("40/chat,\x1e"
                "40"); // while no GET waits
    at.notes.await("out of /chat");
    CHECK(at.notes.lines() == std::vector<std::string>{"in /chat", "out of /chat"});
}

TEST_CASE("a client may leave a namespace and join it again in one breath") {
    socketio_fixture at;
    for (const char* const name : {"/", "/chat"})
        at.io.of(name).on_connection([&](const socket& s) {
            at.notes.add("in " + s.namespace_name());
            s.on("disconnect", [&, s] { at.notes.add("out of " + s.namespace_name()); });
        });
    at.start();
    for (const std::string_view nsp : {"", "/chat,"}) {
        const std::string join = "40" + std::string(nsp);
        polling_client client(at);
        client.post(join);
        const std::string first = client.get();
        client.post("41" + std::string(nsp) + '\x1e' + join);
        const std::string second = client.get();
        CHECK(second.starts_with(join + R"({"sid":)"));
        CHECK(second != first);
    }
    CHECK(at.notes.lines() == std::vector<std::string>{"in /", "out of /", "in /", "in /chat",
                                                       "out of /chat", "in /chat"});
}

TEST_CASE("a handshake as a value is the JavaScript object") {
    socketio_fixture at;
    at.io.on_connection([](const socket& s) { s.emit("handshake", to_value(s.handshake())); });
    auto client = at.start().connect("&token=a%20b");
    client.join("/", R"({"name":"Ann"})");
    const std::string packet = client.read();
    for (const std::string_view part :
         {R"("address":"127.0.0.1","xdomain":false,"secure":false,"issued":)",
          R"("url":"/socket.io/?transport=websocket&EIO=4&token=a%20b")",
          R"("query":{"transport":"websocket","EIO":"4","token":"a b"})",
          R"("auth":{"name":"Ann"})", R"("headers":{)", R"("time":")"})
        CHECK_MESSAGE(packet.find(part) != std::string::npos, packet << " lacks " << part);
}

TEST_CASE("a socket knows its request, its connection and its transport, until they are gone") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        at.notes.add(std::string(s.request()->method()) + ' ' + s.transport());
        at.notes.add(s.connection()->id().size() == 20 ? "an id" : "no id");
        s.on("later", [&at, s] {
            s.disconnect();
            at.notes.add(s.transport() + (s.request() || s.connection() ? "there" : "gone"));
        });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["later"])");
    client.expect("1");
    at.notes.await("gone");
    CHECK(at.notes.lines() == std::vector<std::string>{"GET websocket", "an id", "gone"});
}

TEST_CASE("a request that is not allowed opens no connection") {
    socketio_fixture at;
    at.io.allow([](const engineio::http_request& request, const auto& answer) {
        const bool good = request.target().find("token=good") != std::string_view::npos;
        answer(good ? std::nullopt : std::optional<std::string>("no token"));
    });
    at.start();
    CHECK_THROWS(at.connect());
    auto client = at.connect("&token=good");
    client.join();
}

} // namespace sockeye::socketio
