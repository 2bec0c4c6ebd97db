#include "net/socketio_fixture.hpp"

namespace sockeye::socketio {
namespace {

server_options cleaning_up() {
    return {.cleanup_empty_child_namespaces = true};
}

// Whether the namespace is there, seen by a client that a closed door turns away.
bool exists(packet_client& client, const std::string& name) {
    client.send('0' + name + ',');
    const bool joined = client.read().starts_with('0');
    if (joined) client.send('1' + name + ',');
    return joined;
}

} // namespace

TEST_CASE("a pattern brings namespaces into being, with its middlewares and handlers") {
    socketio_fixture at;
    at.io.on_new_namespace([&](const namespace_& made) { at.notes.add("new " + made.name()); });
    at.io.of(pattern{"^/room-\\d+$"})
        .use([&](const socket& s, const namespace_::connect_next& next) {
            at.notes.add("passes " + s.namespace_name());
            next({});
        })
        .on_connection([&](const socket& s) { s.emit("welcome"); });
    auto client = at.start().connect();
    client.join("/room-1");
    client.expect(R"(2/room-1,["welcome"])");
    client.join("/room-22");
    client.expect(R"(2/room-22,["welcome"])");
    client.send("0/room-x,");
    client.expect(R"(4/room-x,{"message":"Invalid namespace"})");
    CHECK(at.notes.lines() == std::vector<std::string>{"new /room-1", "passes /room-1",
                                                       "new /room-22", "passes /room-22"});
}

TEST_CASE(
    "a function allows namespaces by name and auth; the next one is asked where it does not") {
    socketio_fixture at;
    at.io.of([](const std::string& name, const value& auth, const auto& answer) {
        answer(name == "/a" && auth.find("key") != nullptr);
    });
    at.io.of([](const std::string& name, const value&, const auto& answer) {
        if (name == "/a") throw std::runtime_error("never");
        answer(name == "/b");
    });
    auto client = at.start().connect();
    client.join("/a", R"({"key":1})");
    client.join("/b");
    auto other = at.connect();
    other.send("0/c,");
    other.expect(R"(4/c,{"message":"Invalid namespace"})");
    other.join("/a"); // it is there now
}

TEST_CASE("a function may answer later, from any thread, and once") {
    socketio_fixture at({}, 2);
    std::promise<std::function<void(bool)>> asked;
    at.io.of(
        [&](const std::string&, const value&, const auto& answer) { asked.set_value(answer); });
    auto client = at.start().connect();
    client.send("0/later,");
    client.send("0/later,"); // asked about already
    const auto answer = asked.get_future().get();
    answer(true);
    answer(false);
    CHECK(client.read().starts_with(R"(0/later,{"sid":)"));
}

TEST_CASE("clients that ask for one namespace at once share it") {
    socketio_fixture at({}, 2);
    std::mutex mutex;
    std::vector<std::function<void(bool)>> questions;
    at.io.on_new_namespace([&](const namespace_&) { at.notes.add("made"); });
    at.io.of([&](const std::string&, const value&, const auto& answer) {
        const std::lock_guard lock(mutex);
        questions.push_back(answer);
        at.notes.add("asked");
    });
    at.start();
    auto first = at.connect(), second = at.connect();
    first.send("0/shared,");
    second.send("0/shared,");
    at.notes.await("asked", 2);
    for (const auto& answer : questions)
        answer(true);
    CHECK(first.read().starts_with("0/shared,{"));
    CHECK(second.read().starts_with("0/shared,{"));
    CHECK(at.notes.count("made") == 1);
    CHECK(at.io.of("/shared").socket_count() == 2);
}

TEST_CASE("a client that has gone when its namespace is allowed leaves no trace") {
    socketio_fixture at(cleaning_up());
    std::promise<std::function<void(bool)>> asked;
    at.io.of([&](const std::string& name, const value&, const auto& answer) {
        if (name == "/late") asked.set_value(answer);
    });
    auto client = at.start().connect();
    client.send("0/late,");
    const auto answer = asked.get_future().get();
    client.close();
    CHECK(at.becomes_true([&] { return at.http.counters().sessions == 0; }));
    answer(true);
    CHECK(at.wait(at.io.fetch_sockets()).result.empty()); // the shard has seen to it
    CHECK(at.io.counters().connects == 0);
}

TEST_CASE("what a parent emits reaches the sockets of its children") {
    socketio_fixture at({}, 2);
    const namespace_ parent = at.io.of(pattern{"^/room-"});
    parent.on_connection([](const socket& s) { s.join("tea"); });
    at.io.of("other");
    auto client = at.start().connect();
    client.join("/room-1");
    client.join("/room-2");
    client.join("/other");
    client.join();
    parent.emit("all");
    parent.to("tea").emit("tea");
    parent.to("coffee").emit("coffee");
    std::vector<std::string> heard;
    for (int i = 0; i < 4; ++i)
        heard.push_back(client.read());
    std::ranges::sort(heard);
    CHECK(heard == std::vector<std::string>{R"(2/room-1,["all"])", R"(2/room-1,["tea"])",
                                            R"(2/room-2,["all"])", R"(2/room-2,["tea"])"});
    CHECK(client.settle().empty());
}

TEST_CASE("a parent cannot be asked for sockets, and moves none") {
    socketio_fixture at;
    const namespace_ parent = at.io.of(pattern{"^/room-"});
    CHECK_THROWS_WITH(static_cast<void>(parent.fetch_sockets()),
                      "fetchSockets() is not supported on parent namespaces");
    auto client = at.start().connect();
    client.join("/room-1");
    client.join();
    parent.sockets_join("tea");
    parent.sockets_leave("tea");
    parent.disconnect_sockets();
    at.io.of("/room-1").to("tea").emit("tea");
    CHECK(client.settle().empty());
}

TEST_CASE("a namespace made by hand is a child of the pattern that it matches") {
    socketio_fixture at;
    const namespace_ parent = at.io.of(pattern{"^/dyn-"});
    parent.on_connection([](const socket& s) { s.emit("from the parent"); });
    at.io.of("/dyn-2").on_connection([](const socket& s) { s.emit("its own"); });
    auto client = at.start().connect();
    client.join("/dyn-2");
    client.expect(R"(2/dyn-2,["from the parent"])").expect(R"(2/dyn-2,["its own"])");
}

TEST_CASE("a child takes over what its parent has when it is made, and nothing later") {
    socketio_fixture at;
    const namespace_ parent = at.io.of(pattern{"^/room-"});
    auto client = at.start().connect();
    client.join();
    client.join("/room-1");
    parent.on_connection([](const socket& s) { s.emit("late"); });
    client.send("1/room-1,");
    client.join("/room-1");
    CHECK(client.settle().empty());
    client.join("/room-2");
    client.expect(R"(2/room-2,["late"])");
}

TEST_CASE("a pattern that is no regular expression is refused") {
    socketio_fixture at;
    CHECK_THROWS_AS(at.io.of(pattern{"("}), std::invalid_argument);
}

TEST_CASE("a child ends with its last socket, where that is asked for, and comes again") {
    for (const bool cleanup : {true, false}) {
        socketio_fixture at({.cleanup_empty_child_namespaces = cleanup});
        at.io.on_new_namespace([&](const namespace_&) { at.notes.add("made"); });
        at.io.of(pattern{"^/room-"});
        at.start();
        auto first = at.connect(), second = at.connect();
        first.join();
        first.join("/room-1");
        second.join("/room-1");
        first.send("1/room-1,");
        first.join("/room-1");
        CHECK(at.notes.count("made") == 1);
        second.close();
        first.send("1/room-1,");
        CHECK(at.becomes_true([&] { return at.http.counters().sessions == 1; }));
        first.join("/room-1");
        CHECK(at.notes.count("made") == (cleanup ? 2 : 1));
    }
}

TEST_CASE("a child ends when its only client is refused, where that is asked for") {
    for (const bool cleanup : {true, false}) {
        socketio_fixture at({.cleanup_empty_child_namespaces = cleanup});
        bool open = true;
        at.io
            .of([&](const std::string&, const value&, const auto& answer) {
                answer(std::exchange(open, false));
            })
            .use([](const socket&, const namespace_::connect_next& next) {
                next(connect_refusal{"no"});
            });
        auto client = at.start().connect();
        client.send("0/x,");
        client.expect(R"(4/x,{"message":"no"})");
        client.send("0/x,");
        client.expect(cleanup ? R"(4/x,{"message":"Invalid namespace"})"
                              : R"(4/x,{"message":"no"})");
    }
}

TEST_CASE("a child stays when a client is refused while another one is in it") {
    socketio_fixture at(cleaning_up());
    bool open = true;
    at.io
        .of([&](const std::string&, const value&, const auto& answer) {
            answer(std::exchange(open, false));
        })
        .use([](const socket& s, const namespace_::connect_next& next) {
            next(s.handshake().auth.find("bad") ? std::optional(connect_refusal{"no"})
                                                : std::nullopt);
        });
    at.start();
    auto inside = at.connect(), refused = at.connect();
    inside.join("/x");
    refused.send(R"(0/x,{"bad":1})");
    refused.expect(R"(4/x,{"message":"no"})");
    CHECK(exists(refused, "/x"));
}

TEST_CASE("there are only so many child namespaces") {
    socketio_fixture at({.cleanup_empty_child_namespaces = true, .max_child_namespaces = 2});
    at.io.of(pattern{"^/room-"});
    auto client = at.start().connect();
    client.join("/room-1");
    client.join("/room-2");
    client.send("0/room-3,");
    client.expect(R"(4/room-3,{"message":"Invalid namespace"})");
    client.send("1/room-1,");
    client.join("/room-3");
}

} // namespace sockeye::socketio
