#include "net/admin_front_end.hpp"

namespace sockeye::socketio {

TEST_CASE("an admin emits, moves and disconnects sockets, by namespace, room or id") {
    for (const unsigned threads : {1u, 2u}) {
        socketio_fixture at({}, threads);
        instrument(at.io, open_to_all());
        front_end admin(at.start());
        admin.join().joined();
        auto one = at.connect();
        auto other = at.connect();
        const std::string id = one.join();
        other.join();
        admin.send(R"(["emit","/",null,"to all",1,"two"])");
        one.expect(R"(2["to all",1,"two"])");
        other.expect(R"(2["to all",1,"two"])");
        admin.send(R"(["join","/","tea",")" + id + R"("])");
        admin.await("room_joined", is_at(1, "tea"));
        admin.send(R"(["emit","/","tea","to room"])");
        one.expect(R"(2["to room"])");
        admin.send(R"(["join","/","both"])");
        admin.await("room_joined", is_at(1, "both"));
        admin.await("room_joined", is_at(1, "both"));
        admin.send(R"(["leave","/","tea","tea"])");
        admin.await("room_left", is_at(1, "tea"));
        admin.send(R"(["_disconnect","/",false,")" + id + R"("])");
        one.expect("1");
        CHECK(admin.await("socket_disconnected").at(2) == value("server namespace disconnect"));
        CHECK(other.settle().empty());
        admin.send(R"(["_disconnect","/",true])");
        other.expect("1");
        other.expect_closed();
    }
}

TEST_CASE("a readonly admin commands nothing") {
    socketio_fixture at;
    auto options = open_to_all();
    options.readonly = true;
    instrument(at.io, options);
    front_end admin(at.start());
    admin.join().joined();
    auto client = at.connect();
    client.join();
    admin.send(R"(["_disconnect","/",true])");
    CHECK(socketio_fixture::becomes_true([&] { return at.io.counters().events_unhandled == 1; }));
    CHECK(client.settle().empty());
}

TEST_CASE("commands that make no sense are logged, and do nothing") {
    socketio_fixture at;
    instrument(at.io, open_to_all());
    front_end admin(at.start());
    admin.join().joined();
    admin.send(R"(["emit","/"])");
    admin.send(R"(["emit",5,null,"event"])");
    admin.send(R"(["join","/"])");
    at.notes.await("log /admin: argument 2 of \"join\": expected string, got nothing");
    at.notes.await("log /admin: exception out of the handler of \"emit\": argument 1 of \"emit\": "
                   "expected string, got integer 5");
}

} // namespace sockeye::socketio
