#include "net/socketio_fixture.hpp"

namespace sockeye::socketio {
namespace {

server_options recovering() {
    server_options options;
    options.recovery.emplace();
    return options;
}

std::string last_argument(const std::string& packet) {
    const std::size_t end = packet.rfind('"');
    const std::size_t begin = packet.rfind('"', end - 1) + 1;
    return packet.substr(begin, end - begin);
}

std::string come_back(const std::string& private_id, const std::string& offset) {
    return R"(0{"pid":")" + private_id + R"(","offset":")" + offset + R"("})";
}

} // namespace

TEST_CASE("a client that comes back goes on: id, rooms, data, and what it missed, in order") {
    for (const unsigned threads : {1u, 3u}) {
        socketio_fixture at(recovering(), threads);
        at.io.on_connection([&](const socket& s) {
            at.notes.add(s.recovered() ? "recovered " + s.data().find("name")->as_string() : "new");
            s.on("enter", [s](const ack<>& done) {
                s.join("tea");
                s.data().as_object()["name"] = "Ann";
                done();
            });
            s.on("disconnect", [&] { at.notes.add("gone"); });
        });
        at.start();
        auto first = at.connect();
        const std::string id = first.join();
        const std::string private_id = first.private_id();
        first.send(R"(21["enter"])");
        first.expect("31[]");
        at.io.to("tea").emit("cup", 1);
        const std::string offset = last_argument(first.read());
        first.close();
        at.notes.await("gone");
        at.io.to("tea").emit("cup", 2);
        at.io.to("coffee").emit("cup", 3);
        at.io.emit("cup", 4);
        at.io.to(id).emit("cup", 5);

        auto second = at.connect();
        second.send(come_back(private_id, offset));
        for (const std::string_view missed : {"2", "4", "5"})
            CHECK(second.read().starts_with(R"(2["cup",)" + std::string(missed) + ","));
        CHECK(second.read() == R"(0{"sid":")" + id + R"(","pid":")" + private_id + R"("})");
        at.notes.await("recovered Ann");
        at.io.to("tea").emit("cup", 6);
        CHECK(second.read().starts_with(R"(2["cup",6,)"));
        CHECK(at.io.counters().sessions_recovered == 1);

        // Once only: who comes again with the same is somebody new.
        auto third = at.connect();
        third.send(come_back(private_id, offset));
        CHECK(third.read().find(id) == std::string::npos);
        CHECK(at.io.counters().recoveries_unknown == 1);
    }
}

TEST_CASE("events that ask for an answer, and volatile ones, have no offset") {
    socketio_fixture at(recovering());
    at.io.on_connection([](const socket& s) {
        s.volatile_().emit("volatile", "a");
        s.emit("asks", [](int) {});
        s.emit("plain");
    });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(20["asks"])");
    CHECK(client.read().starts_with(R"(2["plain",")"));
}

} // namespace sockeye::socketio
