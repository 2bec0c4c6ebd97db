#include "net/socketio_fixture.hpp"

namespace sockeye::socketio {
namespace {

std::string joined(std::vector<std::string> names) {
    std::string all;
    for (const std::string& name : names)
        all += name + ' ';
    return all;
}

// Its rooms beside its own.
std::string rooms_of(const socket& s) {
    auto names = s.rooms();
    std::erase(names, s.id());
    return joined(std::move(names));
}

} // namespace

TEST_CASE("a socket knows its rooms, its own id first") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        CHECK(s.rooms() == std::vector<std::string>{s.id()});
        s.join("a");
        s.join({"b", "c", "a"});
        at.notes.add(rooms_of(s));
        s.leave("b");
        s.leave("nowhere");
        at.notes.add(rooms_of(s));
    });
    auto client = at.start().connect();
    client.join();
    client.settle();
    CHECK(at.notes.lines() == std::vector<std::string>{"a b c ", "a c "});
}

TEST_CASE("rooms are there when a socket is about to leave, and not when it has left") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.join("tea");
        s.on("disconnecting", [&, s] { at.notes.add("before: " + rooms_of(s)); });
        s.on("disconnect", [&, s] {
            at.notes.add("after: " + joined(s.rooms()));
            s.join("late");
            at.notes.add("later: " + joined(s.rooms()));
        });
    });
    auto client = at.start().connect();
    client.join();
    client.close();
    at.notes.await("later: ");
    CHECK(at.notes.lines() == std::vector<std::string>{"before: tea ", "after: ", "later: "});
}

TEST_CASE("rooms are told of when they come and go, and when somebody joins and leaves") {
    socketio_fixture at;
    const char* const names[] = {"created ", "joined ", "left ", "deleted "};
    at.io.of("chat").on_room([&](const room_event& e) {
        at.notes.add(names[static_cast<int>(e.what)] + std::string(e.room) + ' ' +
                     std::string(e.socket_id));
    });
    at.io.of("chat").on_connection([](const socket& s) {
        s.join("tea");
        s.join("tea");
        s.leave("tea");
        s.leave("tea");
        s.join("tea");
    });
    at.start();
    auto first = at.connect(), second = at.connect();
    const std::string one = first.join("/chat"), two = second.join("/chat");
    first.send("1/chat,");
    first.join("/");
    first.settle();
    const std::vector<std::string> expected{"created " + one + " ", "joined " + one + ' ' + one,
                                            "created tea ",         "joined tea " + one,
                                            "left tea " + one,      "deleted tea ",
                                            "created tea ",         "joined tea " + one,
                                            "created " + two + " ", "joined " + two + ' ' + two,
                                            "joined tea " + two,    "left tea " + two,
                                            "joined tea " + two,    "left " + one + ' ' + one,
                                            "deleted " + one + " ", "left tea " + one};
    CHECK(at.notes.lines() == expected);
}

TEST_CASE("who is told of rooms and throws does not keep sockets from joining and leaving") {
    socketio_fixture at;
    at.io.of("chat").on_room([](const room_event&) { throw std::runtime_error("no luck"); });
    at.io.of("chat").on_connection([&](const socket& s) {
        s.join("tea");
        s.on("disconnect", [&] { at.notes.add("gone"); });
        s.emit("welcome");
    });
    auto client = at.start().connect();
    client.join("/chat");
    client.expect(R"(2/chat,["welcome"])");
    client.close();
    at.notes.await("gone");
    CHECK(at.wait(at.io.of("chat").to("tea").fetch_sockets()).result.empty());
    // Created, joined, left and deleted, for the room and for the socket's own.
    at.notes.await("log /chat: exception out of the handler of \"on_room\": no luck", 8);
}

TEST_CASE("a socket's id is a room, which it may leave and join") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.on("leave", [s](const ack<>& done) {
            s.leave(s.id());
            done();
        });
        s.on("join", [s](const ack<>& done) {
            s.join(s.id());
            done();
        });
    });
    auto client = at.start().connect();
    const std::string id = client.join();
    at.io.to(id).emit("one");
    client.expect(R"(2["one"])");
    client.send(R"(21["leave"])");
    client.expect("31[]");
    at.io.to(id).emit("two");
    CHECK(client.settle().empty());
    client.send(R"(22["join"])");
    client.expect("32[]");
    at.io.to(id).emit("three");
    client.expect(R"(2["three"])");
}

TEST_CASE("another socket may join the room of a socket's id") {
    socketio_fixture at;
    at.start();
    auto first = at.connect(), second = at.connect();
    const std::string id = first.join();
    at.io.in(second.join()).sockets_join(id);
    at.io.to(id).emit("both");
    first.expect(R"(2["both"])");
    second.expect(R"(2["both"])");
    CHECK(first.settle().empty());
    CHECK(second.settle().empty());
}

TEST_CASE("a room that everybody has left is no more") {
    socketio_fixture at;
    at.io.on_connection([](const socket& s) {
        s.on("visit", [s](const ack<>& done) {
            s.join("tea");
            s.leave("tea");
            done();
        });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(21["visit"])");
    client.expect("31[]");
    at.io.to("tea").emit("cup");
    CHECK(client.settle().empty());
    CHECK(at.wait(at.io.in("tea").fetch_sockets()).result.empty());
}

TEST_CASE("rooms beyond the limits are not joined, counted, and logged once a socket") {
    socketio_fixture at({.max_rooms_per_socket = 2, .max_room_name_length = 5});
    at.io.on_connection([&](const socket& s) {
        s.join({"a", "too long", "b", "c"});
        at.notes.add(rooms_of(s));
        s.leave("a");
        s.join({"c", "d"});
        at.notes.add(rooms_of(s));
    });
    auto client = at.start().connect();
    client.join();
    client.settle();
    CHECK(at.notes.count("a b ") == 1);
    CHECK(at.notes.count("b c ") == 1);
    CHECK(at.notes.lines().size() == 3); // and a warning
    CHECK(at.io.counters().rooms_refused == 3);
}

} // namespace sockeye::socketio
