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

} // namespace sockeye::socketio
