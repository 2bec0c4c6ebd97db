#include "net/socketio_fixture.hpp"

namespace sockeye::socketio {

TEST_CASE("an event reaches its handlers in order, with its arguments by type") {
    socketio_fixture at;
    at.io.on("connection", [&](const socket& s) {
        s.on("move", [&](int x, const std::string& name) {
            at.notes.add("first " + std::to_string(x) + name);
        });
        s.on("move", [&](int x) { at.notes.add("second " + std::to_string(x)); });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["move",7,"left"])");
    client.settle();
    CHECK(at.notes.lines() == std::vector<std::string>{"first 7left", "second 7"});
}

TEST_CASE("an event may have a number for its name") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        for (const char* const name : {"7", "1.5", "18446744073709551615", "-0.5"})
            s.on(name, [&at, name] { at.notes.add(name); });
    });
    auto client = at.start().connect();
    client.join();
    for (const char* const input : {"2[7]", "2[1.5]", "2[18446744073709551615]", "2[-0.5]"})
        client.send(input);
    client.settle();
    CHECK(at.notes.lines() == std::vector<std::string>{"7", "1.5", "18446744073709551615", "-0.5"});
}

TEST_CASE("arguments of another type are answered with an error, logged and counted") {
    socketio_fixture at;
    at.io.on("connection", [&](const socket& s) {
        s.on("move", [&](int, const ack<bool>& done) { done(true); });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(21["move","left"])");
    client.expect(
        R"(31[{"error":"argument 1 of \"move\": expected integer, got string \"left\""}])");
    CHECK(at.io.counters().argument_mismatches == 1);
    CHECK(at.notes.count("log /: argument 1 of \"move\": expected integer, got string \"left\"") ==
          1);
}

TEST_CASE("an exception out of a handler is logged, and the connection lives on") {
    socketio_fixture at;
    at.io.on("connection",
             [&](const socket& s) { s.on("fail", [] { throw std::runtime_error("no luck"); }); });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["fail"])");
    client.settle();
    at.notes.await("log /: exception out of the handler of \"fail\": no luck");
    CHECK(at.io.counters().handler_exceptions == 1);
}

TEST_CASE("a coroutine handler waits for an acknowledgement, and fails without harm") {
    socketio_fixture at;
    at.io.on("connection", [&](const socket& s) {
        s.on("ask", [s](std::string what, ack<std::string> done) -> task<> {
            const value answer = co_await s.emit_with_ack("question", what);
            done(answer.as_string() + "!");
            throw std::runtime_error("afterwards");
        });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(25["ask","why"])");
    client.expect(R"(20["question","why"])");
    client.send(R"(30["because"])");
    client.expect(R"(35["because!"])");
    at.notes.await("log coroutine: exception out of the handler of \"ask\": afterwards");
}

TEST_CASE("a coroutine that waits for a client that goes is told so") {
    socketio_fixture at;
    at.io.on("connection", [&](const socket& s) {
        s.on("ask", [s, &at]() -> task<> {
            try {
                co_await s.emit_with_ack("question");
            } catch (const operation_error& error) {
                at.notes.add(error.what());
            }
        });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["ask"])");
    client.expect(R"(20["question"])");
    client.close();
    at.notes.await("the client has disconnected");
}

TEST_CASE("callbacks of acknowledgements get answers by type, or the error") {
    socketio_fixture at;
    at.io.on("connection", [&](const socket& s) {
        s.emit("typed", [&](int answer) { at.notes.add("typed " + std::to_string(answer)); });
        s.timeout(1ms).emit(
            "late", [&](const ack_error& error, int) { at.notes.add("late " + error.message); });
        s.timeout(1min).emit("timed", [&](const ack_error& error, int answer) {
            at.notes.add("timed " + error.message + std::to_string(answer));
        });
    });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(20["typed"])").expect(R"(21["late"])").expect(R"(22["timed"])");
    client.send("30[5]");
    client.send("32[6]");
    at.notes.await("typed 5");
    at.notes.await("timed 6");
    at.notes.await("late operation has timed out");
    CHECK(at.io.counters().acks_timed_out == 1);
}

TEST_CASE("a handshake finds headers and query parameters by name") {
    socketio_fixture at;
    at.io.on("connection", [&](const socket& s) {
        const handshake& from = s.handshake();
        at.notes.add("upgrade " + std::string(from.header("upgrade")));
        at.notes.add("room " + std::string(from.query_value("room")));
        at.notes.add("missing " + std::string(from.header("no")) +
                     std::string(from.query_value("no")));
    });
    auto client = at.start().connect("&room=tea");
    client.join();
    at.notes.await("upgrade websocket");
    at.notes.await("room tea");
    at.notes.await("missing ");
}

TEST_CASE("handlers and middlewares of connections may be coroutines") {
    socketio_fixture at;
    at.io.use([](const socket& s, const namespace_::connect_next& next) -> task<> {
        if (s.handshake().auth.find("name") == nullptr) throw std::runtime_error("no name");
        next({});
        co_return;
    });
    at.io.on("connection", [&at, last = std::string("last")](socket s) -> task<> {
        const value answer = co_await s.emit_with_ack("who");
        at.notes.add(answer.as_string() + ' ' + last);
        throw std::runtime_error("afterwards");
    });
    auto client = at.start().connect();
    client.send("0");
    client.expect(R"(4{"message":"Internal error"})"); // what went wrong is not for clients
    client.join("/", R"({"name":"Ann"})");
    client.expect(R"(20["who"])");
    client.send(R"(30["Ann"])");
    at.notes.await("Ann last");
    at.notes.await("log coroutine: exception out of the handler of \"a middleware\": no name");
    at.notes.await("log coroutine: exception out of the handler of \"connection\": afterwards");
}

TEST_CASE("a handler that is called once greets one client") {
    socketio_fixture at;
    at.io.sockets().once("connection", [&](const socket&) { at.notes.add("greeted"); });
    at.start();
    auto first = at.connect(), second = at.connect();
    first.join();
    second.join();
    second.settle();
    CHECK(at.notes.count("greeted") == 1);
}

TEST_CASE("a middleware that answers twice is heard once") {
    socketio_fixture at;
    at.io.use([](const socket&, const namespace_::connect_next& next) {
        next({});
        next(connect_refusal{"too late"});
    });
    at.io.use([](const socket&, const namespace_::connect_next& next) { next({}); });
    auto client = at.start().connect();
    client.join();
    CHECK(client.settle().empty());
}

TEST_CASE("a handler that no event would reach is refused") {
    socketio_fixture at;
    CHECK_THROWS_AS(at.io.on("connection", [] {}), std::invalid_argument);
    CHECK_THROWS_AS(at.io.on("refresh", [](const socket&) {}), std::invalid_argument);
}

TEST_CASE("a parent namespace says that it has no adapter") {
    socketio_fixture at;
    const namespace_ parent = at.io.of(pattern{"^/room-"});
    CHECK_THROWS_AS(static_cast<void>(parent.adapter()), std::logic_error);
    CHECK_THROWS_AS(parent.server_side_emit("refresh"), std::logic_error);
    CHECK_THROWS_AS(static_cast<void>(parent.server_side_emit_with_ack("refresh")),
                    std::logic_error);
}

TEST_CASE("handlers of other servers' events are found again on the server too") {
    socketio_fixture at;
    const listener one = at.io.on("refresh", [] {});
    at.io.once("refresh", [] {});
    CHECK(at.io.listener_count("refresh") == 2);
    at.io.off(one);
    CHECK(at.io.listener_count("refresh") == 1);
    at.io.off("refresh");
    CHECK(at.io.listener_count("refresh") == 0);
}

} // namespace sockeye::socketio
