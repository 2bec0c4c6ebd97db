#include "net/socketio_fixture.hpp"

namespace sockeye::socketio {

TEST_CASE("closing a server ends its sockets, and refuses whoever comes later") {
    socketio_fixture at({}, 2);
    at.io.on_connection([&](const socket& s) {
        s.on("disconnect", [&](const std::string& reason) { at.notes.add("gone: " + reason); });
    });
    auto client = at.start().connect();
    client.join();
    at.io.close();
    at.notes.await("gone: server shutting down");
    client.expect_closed();
    auto late = at.connect();
    late.expect_closed();
}

TEST_CASE("stopping the HTTP server tells sockets that it shuts down") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.on("disconnecting", [&, s](const std::string& reason) {
            at.notes.add(reason + " in " + std::to_string(s.rooms().size()) + " rooms");
        });
        s.join("tea");
    });
    auto client = at.start().connect();
    client.join();
    client.settle();
    at.http.request_stop();
    at.notes.await("server shutting down in 2 rooms");
}

TEST_CASE("a server with threads of its own runs until it is closed") {
    server io({}, with_threads(2));
    io.on_connection([](const socket& s) { s.emit("hello"); });
    const unsigned short port = io.listen(0, "127.0.0.1");
    auto running = std::async(std::launch::async, [&] { io.run(); });
    {
        packet_client client(port);
        client.join();
        client.expect(R"(2["hello"])");
        io.close();
        client.expect_closed();
    }
    running.get();
    io.close(); // once more does no harm
    io.emit("nobody");
}

TEST_CASE("a server that was never started may be closed, and hears no complaint") {
    socketio_fixture at;
    at.io.emit("nobody");
    at.io.of("chat").disconnect_sockets(true);
    at.io.close();
    CHECK(at.notes.lines().empty());
}

TEST_CASE("a server that is closed leaves what else is served on its port") {
    socketio_fixture at;
    at.http.route([](const engineio::http_exchange& exchange) {
        exchange.respond({200, {}, "still here"});
    });
    at.start();
    at.io.close();
    testing::raw_client client(at.port());
    CHECK(client.ask(testing::request("GET", "/")).body == "still here");
}

TEST_CASE("what a coroutine waits for when the server ends is an error") {
    event_notes notes;
    {
        socketio_fixture at;
        at.io.on_connection([&](const socket&) {
            at.io.timeout(1min).emit("ask", [](const ack_error&, std::vector<int>) {});
        });
        at.io.on_connection([&](const socket&) -> task<> {
            try {
                co_await at.io.timeout(1min).emit_with_ack("ask");
            } catch (const operation_error& error) {
                notes.add(error.what());
            }
        });
        auto client = at.start().connect();
        client.join();
        client.expect(R"(20["ask"])").expect(R"(21["ask"])");
    }
    notes.await("the server has stopped");
}

} // namespace sockeye::socketio
