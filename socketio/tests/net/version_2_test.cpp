#include "net/recovery.hpp"

namespace sockeye::socketio {
namespace {

server_options with_version_2() {
    return {.engine = {.path = "/socket.io", .allow_eio3 = true}};
}

} // namespace

TEST_CASE("a version 2 client is in the main namespace at once, and talks") {
    socketio_fixture at(with_version_2());
    at.io.on_connection([&](const socket& s) {
        at.notes.add(s.id() == s.connection()->id() ? "the session's id" : "another id");
        at.notes.add(std::string(s.handshake().query_value("token")));
    });
    auto client = at.start().connect("&token=abc", 3);
    client.expect("0");
    CHECK(client.settle().empty());
    CHECK(at.notes.lines() == std::vector<std::string>{"the session's id", "abc"});
}

TEST_CASE("a version 2 client says who it is in a namespace's query") {
    socketio_fixture at(with_version_2());
    at.io.of("admin").on_connection([&](const socket& s) {
        at.notes.add(s.handshake().auth.find("token")->as_string());
        at.notes.add(s.id() == "/admin#" + s.connection()->id() ? "namespace and session"
                                                                : "another id");
        s.emit("hello");
    });
    auto client = at.start().connect({}, 3);
    client.expect("0");
    client.send("0/admin?token=a%20b,");
    client.expect("0/admin,").expect(R"(2/admin,["hello"])");
    CHECK(at.notes.lines() == std::vector<std::string>{"a b", "namespace and session"});
}

TEST_CASE("a version 2 client is refused with the message alone, or with the data instead") {
    socketio_fixture at(with_version_2());
    at.io.of("admin").use([](const socket& s, const namespace_::connect_next& next) {
        const bool data = s.handshake().auth.find("data") != nullptr;
        next(connect_refusal{"nope", data ? value(object{{"code", 7}}) : value()});
    });
    auto client = at.start().connect({}, 3);
    client.expect("0");
    client.send("0/admin,");
    client.expect(R"(4/admin,"nope")");
    client.send("0/admin?data=1,");
    client.expect(R"(4/admin,{"code":7})");
    client.send("0/nowhere,");
    client.expect(R"(4/nowhere,{"message":"Invalid namespace"})");
}

TEST_CASE("a version 2 client that joins the main namespace again is disconnected") {
    socketio_fixture at(with_version_2());
    auto client = at.start().connect({}, 3);
    client.expect("0");
    client.settle();
    client.send("0");
    client.expect_closed();
}

TEST_CASE("a middleware of the main namespace may refuse a version 2 client") {
    socketio_fixture at(with_version_2());
    at.io.use([](const socket&, const namespace_::connect_next& next) {
        next(connect_refusal{"not you"});
    });
    auto client = at.start().connect({}, 3);
    client.expect(R"(4"not you")");
}

TEST_CASE("a version 2 client, which cannot come back, is told of no offsets") {
    server_options options = with_version_2();
    options.recovery = recovery_options{};
    socketio_fixture at(options);
    at.io.on_connection([](const socket& s) { s.emit("hello"); });
    at.start();
    auto old = at.connect({}, 3);
    old.expect("0").expect(R"(2["hello"])");
    auto recent = at.connect();
    recent.join();
    CHECK(recent.read().starts_with(R"(2["hello",")"));
    at.io.emit("news", 1);
    old.expect(R"(2["news",1])");
    CHECK(recent.read().starts_with(R"(2["news",1,")"));
    at.io.emit("bin", binary{"x"});
    old.expect(R"(51-["bin",{"_placeholder":true,"num":0}])");
    old.close();
    CHECK(at.becomes_true([&] { return at.io.counters().sockets == 1; }));
    CHECK(at.io.counters().sessions_saved == 0);
}

TEST_CASE("a version 2 client that asks for a former session gets a new one") {
    server_options options = with_version_2();
    options.recovery = recovery_options{};
    socketio_fixture at(options);
    at.io.of("chat").on_connection(
        [&](const socket& s) { at.notes.add(s.recovered() ? "recovered" : "new"); });
    at.start();
    auto recent = at.connect();
    recent.join("/chat");
    at.io.of("chat").emit("first");
    const std::string offset = last_argument(recent.read());
    const std::string private_id = recent.private_id();
    recent.close();
    CHECK(at.becomes_true([&] { return at.io.counters().sessions_saved == 1; }));
    auto old = at.connect({}, 3);
    old.expect("0");
    old.send("0/chat?pid=" + private_id + "&offset=" + offset + ',');
    old.expect("0/chat,");
    CHECK(at.notes.lines() == std::vector<std::string>{"new", "new"});
}

TEST_CASE("version 2 clients are refused unless they are allowed") {
    socketio_fixture at;
    at.start();
    CHECK_THROWS(at.connect({}, 3));
    testing::raw_client polling(at.port());
    const auto answer = polling.ask(testing::request("GET", "/socket.io/?EIO=3&transport=polling"));
    CHECK(answer.status == 400);
    CHECK(answer.body == R"({"code":5,"message":"Unsupported protocol version"})");
}

} // namespace sockeye::socketio
