// What servers of a cluster ask each other, and what becomes of it when messages or servers get
// lost.

#include "net/cluster_fixture.hpp"

namespace sockeye::socketio {
namespace {

using fate = in_process_bus::fate;

constexpr int type_server_side_response = 10;
constexpr int type_client_answer = 12;

bool is_type(const value& message, int type) {
    return *message.find("type") == value(type);
}

// A broadcast of `event`, as whoever bears that uid would say it.
value broadcast_of(const std::string& uid, const std::string& event) {
    return cluster_message{uid, "/", cluster::broadcast{{event}}}.to_value();
}

} // namespace

// ---- server-side events

TEST_CASE("cluster: sends an event to other server instances") {
    in_every_cluster([](cluster_fixture& at) {
        at.a().server_side_emit("note", "hi");
        at.notes.await("b hi");
        at.notes.await("c hi");
        CHECK(at.notes.count("a hi") == 0);
    });
}

TEST_CASE("cluster: sends an event and receives a response from the other server instances") {
    in_every_cluster([](cluster_fixture& at) {
        const auto answers = wait(at.a().server_side_emit_with_ack("ask"));
        CHECK(answers.error.empty());
        CHECK(texts(answers.result) == packets{"b", "c"});
    });
}

TEST_CASE("cluster: sends an event but timeout if one server does not respond") {
    in_every_cluster(
        [](cluster_fixture& at) {
            at.bus.silence("c");
            const auto answers = wait(at.a().server_side_emit_with_ack("ask"));
            CHECK(answers.error == (at.heartbeats()
                                        ? "timeout reached: missing 1 responses"
                                        : "timeout reached: only 1 responses received out of 2"));
            CHECK(texts(answers.result) == packets{"b"});
        },
        {.request_timeout = 1s});
}

TEST_CASE("cluster: nobody answers an event that has no handler") {
    cluster_fixture at({"counted", false, 1}, {.request_timeout = 20ms});
    CHECK(wait(at.a().server_side_emit_with_ack("unheard")).error ==
          "timeout reached: only 0 responses received out of 2");
}

TEST_CASE("cluster: a server that is alone has its answers at once") {
    in_every_cluster([](cluster_fixture& at) {
        const namespace_ own = at.a().of("/own");
        CHECK(cluster_fixture::server_count(own) == 1);
        const auto answers = wait(own.server_side_emit_with_ack("ask"));
        CHECK(answers.error.empty());
        CHECK(answers.result.empty());
        CHECK(wait(own.fetch_sockets()).error.empty());
        CHECK(wait(own.everyone().timeout(1min).emit_with_ack("q")).error.empty());
    });
}

TEST_CASE("cluster: reserved names of server-side events are refused") {
    cluster_fixture at;
    for (const char* const name : {"connect", "connection", "new_namespace"})
        CHECK_THROWS_AS(at.a().server_side_emit(name), std::invalid_argument);
}

TEST_CASE("cluster: a server-side event stays in its namespace") {
    cluster_fixture at;
    at.await_members("/chat");
    at.b().of("/chat").on("note", [&](const std::string& what) { at.notes.add("chat " + what); });
    at.a().of("/chat").server_side_emit("note", "x");
    at.notes.await("chat x");
    CHECK(at.notes.lines() == packets{"chat x"});
}

TEST_CASE("cluster: arguments of another type in a server-side event are answered and counted") {
    cluster_fixture at;
    at.b().on("typed", [](int, const ack<int>& done) { done(1); });
    at.c().on("typed", [](const std::string&, const ack<int>& done) { done(2); });
    const auto answers = wait(at.a().server_side_emit_with_ack("typed", "text"));
    CHECK(answers.result.size() == 2);
    CHECK(at.b().counters().argument_mismatches == 1);
}

TEST_CASE("cluster: an answer may come from any thread, and the first one counts") {
    cluster_fixture at;
    std::promise<ack<int>> kept;
    at.b().on("later", [&](const ack<int>& done) { kept.set_value(done); });
    at.c().on("later", [](const ack<int>& done) { done(3); });
    const auto answers = at.a().server_side_emit_with_ack("later");
    const ack<int> done = kept.get_future().get();
    done(2);
    done(4);
    CHECK(texts(wait(answers).result) == packets{"2", "3"});
}

TEST_CASE("cluster: an answer without an argument travels as one, and is null to who asked") {
    in_every_cluster([](cluster_fixture& at) {
        std::atomic<int> with_argument = 0;
        at.bus.on_the_way([&](std::string_view, std::string_view, const value& message) {
            const bool answers =
                is_type(message, type_server_side_response) || is_type(message, type_client_answer);
            if (answers && message.find("data")->find("packet")) ++with_argument;
            return fate::arrives;
        });
        for (server* const io : {&at.b(), &at.c()})
            io->on("nothing", [](const ack<>& done) { done(); });
        CHECK(wait(at.a().server_side_emit_with_ack("nothing")).result == array{nullptr, nullptr});
        const auto answers = at.a().everyone().timeout(1min).emit_with_ack("q");
        for (auto& client : at.clients)
            client.expect(R"(20["q"])").send("30[]");
        CHECK(wait(answers).result == array(3));
        CHECK(with_argument == 0);
        at.bus.on_the_way({});
    });
}

// ---- messages that are late, lost, doubled or wrong

TEST_CASE("cluster: answers behind the time-out are ignored") {
    cluster_fixture at({"counted", false, 1}, {.request_timeout = 20ms});
    at.bus.on_the_way([](std::string_view, std::string_view, const value& message) {
        return is_type(message, type_server_side_response) ? fate::is_held : fate::arrives;
    });
    CHECK_FALSE(wait(at.a().server_side_emit_with_ack("ask")).error.empty());
    REQUIRE(socketio_fixture::becomes_true([&] { return at.bus.held() == 2; }));
    at.bus.on_the_way({});
    at.bus.release();
    at.b().server_side_emit("note", "after");
    at.notes.await("a after");
}

TEST_CASE("cluster: answers count in whichever order they come") {
    cluster_fixture at;
    at.bus.on_the_way([](std::string_view, std::string_view, const value& message) {
        return is_type(message, type_server_side_response) ? fate::is_held : fate::arrives;
    });
    const auto answers = at.a().server_side_emit_with_ack("ask");
    REQUIRE(socketio_fixture::becomes_true([&] { return at.bus.held() == 2; }));
    at.bus.release(true);
    CHECK(texts(wait(answers).result) == packets{"b", "c"});
}

TEST_CASE("cluster: acknowledgements that overtake the number of clients count") {
    cluster_fixture at;
    at.bus.on_the_way([](std::string_view, std::string_view, const value& message) {
        return message.find("type")->as_int64() > 10 ? fate::is_held : fate::arrives;
    });
    const auto answer = at.a().everyone().timeout(1min).emit_with_ack("q");
    for (auto& client : at.clients) {
        client.expect(R"(20["q"])");
        client.send("30[1]");
    }
    REQUIRE(socketio_fixture::becomes_true([&] { return at.bus.held() == 4; }));
    at.bus.release(true);
    CHECK(wait(answer).result == array{1, 1, 1});
}

TEST_CASE("cluster: a server that counts its clients twice is counted once") {
    cluster_fixture at;
    std::promise<std::string> asked;
    at.bus.on_the_way([&](std::string_view, std::string_view to, const value& message) {
        if (to == "b" && is_type(message, 3))
            asked.set_value(message.find("data")->find("requestId")->as_string());
        return fate::arrives;
    });
    const auto answer = at.a().everyone().timeout(1min).emit_with_ack("q");
    for (auto& client : at.clients)
        client.expect(R"(20["q"])");
    const std::string& b = dynamic_cast<cluster_adapter&>(at.b().of("/").adapter()).uid();
    const cluster::client_count again{asked.get_future().get(), 5};
    at.bus.say("/", cluster_message{b, "/", again}.to_value());
    for (auto& client : at.clients)
        client.send("30[1]");
    CHECK(wait(answer).result == array{1, 1, 1});
}

TEST_CASE("cluster: what is no message is counted and ignored") {
    in_every_cluster([](cluster_fixture& at) {
        at.bus.say("/", 7);
        at.bus.say("/", object{{"type", 3}, {"uid", "x"}, {"nsp", "/"}});
        at.bus.say("/", broadcast_of("x", "connect_error"));
        at.bus.say("/", broadcast_of("x", "e"));
        for (auto& client : at.clients)
            client.expect(R"(2["e"])");
        for (std::size_t i = 0; i < 3; ++i)
            CHECK(at.at(i).io.counters().cluster_messages_malformed == 3);
    });
}

TEST_CASE("cluster: one's own messages, and those of other namespaces, are ignored") {
    cluster_fixture at;
    const auto& own = dynamic_cast<cluster_adapter&>(at.a().of("/").adapter());
    at.bus.say("/", broadcast_of(own.uid(), "e"));
    at.bus.say("/", cluster_message{"x", "/chat", cluster::broadcast{{"f"}}}.to_value());
    CHECK(at.received() == std::vector<packets>{{}, {R"(2["e"])"}, {R"(2["e"])"}});
}

TEST_CASE("cluster: answers to questions that nobody asked are ignored") {
    cluster_fixture at;
    for (const cluster_message::content& what :
         {cluster_message::content(cluster::client_count{"no", 7}),
          cluster_message::content(cluster::client_answer{"no", 7}),
          cluster_message::content(cluster::sockets_response{"no", {}}),
          cluster_message::content(cluster::server_side_response{"no", 7})})
        at.bus.say("/", cluster_message{"x", "/", what}.to_value());
    CHECK(texts(wait(at.a().server_side_emit_with_ack("ask")).result) == packets{"b", "c"});
}

TEST_CASE("cluster: an emitter's messages are carried out, and it is no server") {
    in_every_cluster([](cluster_fixture& at) {
        at.bus.say("/", cluster_message{"emitter", "/", cluster::join{{}, {}, {"r"}}}.to_value());
        REQUIRE(socketio_fixture::becomes_true(
            [&] { return wait(at.a().to("r").fetch_sockets()).result.size() == 3; }));
        CHECK(cluster_fixture::server_count(at.a().of("/")) == 3);
    });
}

// ---- servers that go

TEST_CASE("cluster: succeeds even if an instance leaves the cluster") {
    cluster_fixture at({"heartbeats", true, 1});
    at.bus.silence("c");
    const auto answers = at.a().server_side_emit_with_ack("ask");
    at.bus.on_the_way([](std::string_view from, std::string_view, const value& message) {
        return from == "c" && !is_type(message, 13) ? fate::is_lost : fate::arrives;
    });
    at.clients.pop_back();
    at.at(2).finish();
    const auto done = wait(answers);
    CHECK(done.error.empty());
    CHECK(texts(done.result) == packets{"b"});
    CHECK(cluster_fixture::server_count(at.a().of("/")) == 2);
}

TEST_CASE("cluster: a server that has been silent for too long is waited for no longer") {
    cluster_fixture at({"heartbeats", true, 1});
    at.bus.silence("c");
    const auto answers = at.a().server_side_emit_with_ack("ask");
    const auto found = at.b().fetch_sockets();
    at.pass(6s); // "a" and "b" tell each other that they are there
    at.b().server_side_emit("note", "here");
    at.a().server_side_emit("note", "here");
    at.notes.await("a here");
    at.notes.await("b here");
    at.pass(5s);
    CHECK(texts(wait(answers).result) == packets{"b"});
    CHECK(wait(found).result.size() == 2);
    CHECK(cluster_fixture::server_count(at.a().of("/")) == 2);
}

TEST_CASE("cluster: heartbeats keep servers that say nothing else") {
    cluster_fixture at({"heartbeats", true, 1});
    for (int round = 1; round < 4; ++round) {
        std::atomic<int> beats = 0;
        at.bus.on_the_way([&](std::string_view, std::string_view, const value&) {
            ++beats;
            return fate::arrives;
        });
        at.pass(6s);
        REQUIRE(socketio_fixture::becomes_true([&] { return beats == 9; }));
        at.bus.on_the_way({});
        CHECK(wait(at.a().server_side_emit_with_ack("ask")).result.size() == 2);
    }
}

TEST_CASE("cluster: a server that leaves is not counted any more") {
    cluster_fixture at;
    at.clients.pop_back();
    at.at(2).finish();
    CHECK(texts(wait(at.a().server_side_emit_with_ack("ask")).result) == packets{"b"});
}

TEST_CASE("cluster: what is asked when the server closes is told so, once") {
    cluster_fixture at;
    at.bus.on_the_way([](std::string_view from, std::string_view, const value&) {
        return from == "a" ? fate::arrives : fate::is_lost;
    });
    at.a().of("/").server_side_emit("ask", [&](const ack_error& error, const array&) {
        at.notes.add("servers: " + error.message);
    });
    at.a().timeout(1min).emit("q", [&](const ack_error& error, const array&) {
        at.notes.add("clients: " + error.message);
    });
    at.clients.clear();
    at.at(0).finish();
    CHECK(sorted(at.notes.lines()) == packets{"clients: the namespace has been closed",
                                              "servers: the namespace has been closed"});
}

} // namespace sockeye::socketio
