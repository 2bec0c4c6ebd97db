#include "net/socketio_fixture.hpp"
#include "solitary_adapter.hpp"

namespace sockeye::socketio {
namespace {

// Notes what it is asked for, and does it on this server.
class noting_adapter final : public solitary_adapter {
public:
    noting_adapter(local_namespace& of, event_notes& notes) : solitary_adapter(of), notes_(notes) {}

    void start() override { add("start"); }
    void close() override { add("close"); }
    void broadcast(array event, selection to, const emit_flags& flags) override {
        add("broadcast " + event.at(0).as_string() + (flags.local ? " local" : ""));
        solitary_adapter::broadcast(std::move(event), std::move(to), flags);
    }
    void fetch_sockets(const selection&, const emit_flags&,
                       std::function<void(outcome<std::vector<socket_details>>)> then) override {
        socket_details elsewhere;
        elsewhere.id = "elsewhere";
        then({{}, {elsewhere}});
    }
    void server_side_emit(array event) override {
        local().server_side_event(array{"unheard"}, {}); // nobody is troubled
        local().server_side_event(std::move(event), {});
    }
    [[nodiscard]] bool wants_rooms() const override { return true; }
    void on_room(std::string_view room, bool exists) override {
        if (room.size() < 20) add(std::string(room) + (exists ? " is there" : " is gone"));
    }

private:
    void add(const std::string& what) { notes_.add(local().name() + ' ' + what); }
    event_notes& notes_;
};

server_options with_noting_adapter(event_notes& notes) {
    server_options options;
    options.adapter = [&notes](local_namespace& of) {
        return std::make_unique<noting_adapter>(of, notes);
    };
    return options;
}

} // namespace

TEST_CASE("each namespace has an adapter, which is asked for what concerns the cluster") {
    event_notes notes;
    {
        socketio_fixture at(with_noting_adapter(notes));
        at.io.of("chat");
        auto client = at.start().connect();
        client.join("/chat");
        at.io.of("chat").emit("hello");
        client.expect(R"(2/chat,["hello"])");
        at.io.of("chat").local().emit("here");
        client.expect(R"(2/chat,["here"])");
        const auto found = at.wait(at.io.fetch_sockets());
        REQUIRE(found.result.size() == 1);
        CHECK(found.result[0].id() == "elsewhere");
    }
    auto lines = notes.lines();
    REQUIRE(lines.size() == 6);
    std::sort(lines.begin() + 4, lines.end()); // namespaces end in no order
    CHECK(lines == std::vector<std::string>{"/ start", "/chat start", "/chat broadcast hello",
                                            "/chat broadcast here local", "/ close",
                                            "/chat close"});
}

TEST_CASE("adapters end with their server, also one that was never started") {
    event_notes notes;
    SUBCASE("on an HTTP server of its own") {
        server io(with_noting_adapter(notes), with_threads(2));
        io.of("chat");
    }
    SUBCASE("beside others on one") {
        engineio::http_server http(with_threads(2));
        server io(http, with_noting_adapter(notes));
        io.of("chat");
        io.close();
    }
    auto lines = notes.lines();
    std::ranges::sort(lines);
    CHECK(lines == std::vector<std::string>{"/ close", "/ start", "/chat close", "/chat start"});
}

TEST_CASE("the adapter of a namespace that was made after the end is closed, too") {
    event_notes notes;
    {
        socketio_fixture at(with_noting_adapter(notes));
        at.start().finish();
        at.io.of("late");
    }
    CHECK(notes.lines() ==
          std::vector<std::string>{"/ start", "/ close", "/late start", "/late close"});
}

TEST_CASE("an adapter that wants to know is told when a room of this server comes and goes") {
    event_notes notes;
    socketio_fixture at(with_noting_adapter(notes), 2);
    at.io.on_connection([](const socket& s) { s.join("tea"); });
    at.start();
    auto first = at.connect(), second = at.connect();
    const std::string id = first.join();
    second.join();
    at.io.in(id).disconnect_sockets();
    first.expect("1");
    CHECK(notes.count("/ tea is gone") == 0);
    second.close();
    notes.await("/ tea is gone");
    CHECK(notes.count("/ tea is there") == 1);
}

TEST_CASE("an event of another server reaches the namespace's handlers") {
    event_notes notes;
    socketio_fixture at(with_noting_adapter(notes));
    at.io.on("refresh", [&](int n) { at.notes.add("every " + std::to_string(n)); });
    at.io.once("refresh", [&] { at.notes.add("once"); });
    at.start();
    at.io.server_side_emit("refresh", 1);
    at.io.server_side_emit("refresh", 2);
    CHECK(at.notes.lines() == std::vector<std::string>{"every 1", "once", "every 2"});
}

} // namespace sockeye::socketio
