#include "net/socketio_fixture.hpp"

namespace sockeye::socketio {

using connect_next = namespace_::connect_next;

// ---- of connections

TEST_CASE("middlewares run in order, and then the connection's handlers") {
    socketio_fixture at;
    for (const char* const name : {"first", "second"})
        at.io.use([&at, name](const socket& s, const connect_next& next) {
            at.notes.add(name + std::string(s.connected() ? " connected" : ""));
            next({});
        });
    at.io.on_connection(
        [&](const socket& s) { at.notes.add(s.connected() ? "handler, connected" : "handler"); });
    auto client = at.start().connect();
    client.join();
    client.settle();
    CHECK(at.notes.lines() == std::vector<std::string>{"first", "second", "handler, connected"});
}

TEST_CASE("a client waits for a middleware that answers later, from another thread") {
    socketio_fixture at;
    std::promise<connect_next> asked;
    at.io.use([&](const socket&, const connect_next& next) { asked.set_value(next); });
    at.io.use([&](const socket&, const connect_next& next) {
        at.notes.add("second");
        next({});
    });
    auto client = at.start().connect();
    client.send("0");
    const connect_next next = asked.get_future().get();
    CHECK(at.notes.lines().empty());
    next({});
    CHECK(client.read().starts_with(R"(0{"sid":)"));
    CHECK(at.notes.count("second") == 1);
}

TEST_CASE("a client is refused with a message and data, and may try again") {
    socketio_fixture at;
    at.io.use([](const socket& s, const connect_next& next) {
        const value& auth = s.handshake().auth;
        if (auth.find("data")) return next(connect_refusal{"bad", object{{"code", 7}}});
        next(auth.find("key") ? std::nullopt : std::optional(connect_refusal{"no key"}));
    });
    at.io.use([&](const socket&, const connect_next& next) {
        at.notes.add("passed");
        next({});
    });
    auto client = at.start().connect();
    client.send("0");
    client.expect(R"(4{"message":"no key"})");
    client.send(R"(0{"data":1})");
    client.expect(R"(4{"message":"bad","data":{"code":7}})");
    CHECK(at.notes.lines().empty());
    client.join("/", R"({"key":1})");
    CHECK(at.io.counters().connects_refused == 2);
    CHECK(at.io.counters().connects == 1);
}

TEST_CASE("a middleware that throws refuses the client, which is not told why") {
    socketio_fixture at;
    at.io.use([](const socket&, const connect_next&) { throw std::runtime_error("secret"); });
    auto client = at.start().connect();
    client.send("0");
    client.expect(R"(4{"message":"Internal error"})");
    CHECK(at.io.counters().handler_exceptions == 1);
    REQUIRE(at.notes.lines().size() == 1);
    CHECK(at.notes.lines()[0].ends_with("exception out of a connection middleware: secret"));
}

TEST_CASE("a client that goes while a middleware decides is forgotten") {
    socketio_fixture at;
    std::promise<connect_next> asked;
    at.io.use([&](const socket&, const connect_next& next) { asked.set_value(next); });
    at.io.on_connection([&](const socket&) { at.notes.add("connected"); });
    auto client = at.start().connect();
    client.send("0");
    const connect_next next = asked.get_future().get();
    client.close();
    CHECK(at.becomes_true([&] { return at.http.counters().sessions == 0; }));
    next({});
    CHECK(at.wait(at.io.fetch_sockets()).result.empty());
    CHECK(at.notes.lines().empty());
    CHECK(at.io.counters().connects == 0);
}

TEST_CASE("middlewares are those of the namespace") {
    socketio_fixture at;
    at.io.use([](const socket&, const connect_next& next) { next(connect_refusal{"main"}); });
    at.io.of("chat").use([&](const socket&, const connect_next& next) {
        at.notes.add("chat");
        next({});
    });
    auto client = at.start().connect();
    client.join("/chat");
    client.send("0");
    client.expect(R"(4{"message":"main"})");
    CHECK(at.notes.lines() == std::vector<std::string>{"chat"});
}

TEST_CASE("what a middleware sends arrives ahead of the CONNECT reply") {
    socketio_fixture at;
    at.io.use([](const socket& s, const connect_next& next) {
        s.emit("wait");
        s.data()["seen"] = true;
        next({});
    });
    at.io.on_connection([](const socket& s) { s.emit("data", s.data()); });
    auto client = at.start().connect();
    client.send("0");
    client.expect(R"(2["wait"])");
    CHECK(client.read().starts_with(R"(0{"sid":)"));
    client.expect(R"(2["data",{"seen":true}])");
}

TEST_CASE("rooms joined in a middleware hold once the client is connected, not before") {
    socketio_fixture at;
    std::promise<connect_next> asked;
    at.io.use([&](const socket& s, const connect_next& next) {
        s.join("tea");
        asked.set_value(next);
    });
    auto client = at.start().connect();
    client.send("0");
    const connect_next next = asked.get_future().get();
    at.io.to("tea").emit("early");
    at.io.emit("early");
    next({});
    CHECK(client.read().starts_with(R"(0{"sid":)"));
    at.io.to("tea").emit("cup");
    client.expect(R"(2["cup"])");
}

TEST_CASE("a client that is refused leaves the rooms that it has joined") {
    socketio_fixture at;
    at.io.sockets().on_room([&](const room_event& e) {
        const char* const names[] = {"created ", "joined ", "left ", "deleted "};
        at.notes.add(names[static_cast<int>(e.what)] + std::string(e.room));
    });
    at.io.use([](const socket& s, const connect_next& next) {
        s.join("tea");
        next(connect_refusal{"no"});
    });
    auto client = at.start().connect();
    client.send("0");
    client.expect(R"(4{"message":"no"})");
    CHECK(at.notes.lines() ==
          std::vector<std::string>{"created tea", "joined tea", "left tea", "deleted tea"});
}

// ---- of events

TEST_CASE("a socket's middlewares see events in order, and may change their arguments") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.use([&](incoming_event& event, const next_function& next) {
            at.notes.add("first " + event.arguments[0].as_string());
            event.arguments[1] = event.arguments[1].as_int64() + 1;
            next({});
        });
        s.use([&](incoming_event& event, const next_function& next) {
            at.notes.add("second " + std::to_string(event.arguments[1].as_int64()));
            next({});
        });
        s.on("count", [&](int n, const ack<int>& done) { done(n); });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(21["count",1])");
    client.expect("31[2]");
    CHECK(at.notes.lines() == std::vector<std::string>{"first count", "second 2"});
}

TEST_CASE("an error of a socket's middleware goes to the server's error handlers only") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.use([](incoming_event& event, const next_function& next) {
            next(event.arguments[0] == "bad" ? std::optional<std::string>("not this")
                                             : std::nullopt);
        });
        s.on("bad", [&] { at.notes.add("handled"); });
        s.on("error", [&](const std::string& what) { at.notes.add("error: " + what); });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["bad"])");
    CHECK(client.settle().empty());
    CHECK(at.notes.lines() == std::vector<std::string>{"error: not this"});
}

TEST_CASE("an event that a middleware holds is handled later, unless the client has gone") {
    socketio_fixture at;
    event_notes& notes = at.notes;
    std::vector<next_function> held;
    at.io.on_connection([&](const socket& s) {
        s.use([&](incoming_event& event, const next_function& next) {
            if (event.arguments[0] == "settle") return next({});
            held.push_back(next);
        });
        s.on("slow", [&](int n) { notes.add("slow " + std::to_string(n)); });
        s.on("disconnect", [&] { notes.add("gone"); });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["slow",1])");
    client.send(R"(2["slow",2])");
    client.settle();
    held[0]({});
    at.notes.await("slow 1");
    client.close();
    at.notes.await("gone");
    held[1]({});
    CHECK(at.wait(at.io.fetch_sockets()).result.empty());
    CHECK(at.notes.lines() == std::vector<std::string>{"slow 1", "gone"});
}

TEST_CASE("an event that is let pass while its socket goes is not handled") {
    socketio_fixture at;
    std::vector<next_function> held;
    at.io.on_connection([&](const socket& s) {
        s.use([&](incoming_event& event, const next_function& next) {
            if (event.arguments[0] == "settle") return next({});
            held.push_back(next);
        });
        s.on("late", [&] { at.notes.add("handled"); });
        s.on("disconnecting", [&, s] {
            at.notes.add(s.connected() ? "going" : "going, not connected");
            held.at(0)({});
        });
        s.on("disconnect", [&] { at.notes.add("gone"); });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["late"])");
    client.settle();
    client.close();
    at.notes.await("gone");
    CHECK(at.notes.lines() == std::vector<std::string>{"going", "gone"});
}

TEST_CASE("a socket's middleware that throws stops the event, and is logged") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.use([](incoming_event& event, const next_function& next) {
            if (event.arguments[0] == "bad") throw std::runtime_error("no luck");
            next({});
        });
        s.on("bad", [&] { at.notes.add("handled"); });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["bad"])");
    client.settle();
    REQUIRE(at.notes.lines().size() == 1);
    CHECK(at.notes.lines()[0].ends_with("exception out of a middleware: no luck"));
    CHECK(at.io.counters().handler_exceptions == 1);
}

} // namespace sockeye::socketio
