#include "net/socketio_fixture.hpp"

namespace sockeye::socketio {

// ---- that the client asks for

TEST_CASE("an acknowledgement takes any arguments, and carries the client's number") {
    socketio_fixture at;
    at.io.on_connection([](const socket& s) {
        s.on("none", [](const ack<>& done) { done(); });
        s.on("two", [](const ack<int, std::string>& done) { done(1, "b"); });
        s.on("echo", [](incoming_event& event) {
            event.reply.send(array(event.arguments.begin() + 1, event.arguments.end()));
        });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(21["none"])");
    client.expect("31[]");
    client.send(R"(2007["two"])");
    client.expect(R"(37[1,"b"])");
    client.send(R"(51-3["echo",1,{"b":{"_placeholder":true,"num":0}}])");
    client.send_binary("xyz");
    client.expect(R"(61-3[1,{"b":{"_placeholder":true,"num":0}}])");
    CHECK(client.read_binary() == "xyz");
}

TEST_CASE("an event is acknowledged once") {
    socketio_fixture at;
    at.io.on_connection([](const socket& s) {
        s.on("ask", [](const ack<int>& done) {
            done(1);
            done(2);
        });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(25["ask"])");
    CHECK(client.settle() == std::vector<std::string>{"35[1]"});
}

TEST_CASE("an acknowledgement that nobody asked for goes nowhere") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.on("ask", [&](const ack<int>& done) {
            at.notes.add(done ? "asked" : "not asked");
            done(1);
        });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["ask"])");
    CHECK(client.settle().empty());
    CHECK(at.notes.lines() == std::vector<std::string>{"not asked"});
}

TEST_CASE("an event that nobody handles is counted, and not acknowledged") {
    socketio_fixture at;
    auto client = at.start().connect();
    client.join();
    client.send(R"(25["unheard"])");
    CHECK(client.settle().empty());
    CHECK(at.io.counters().events_unhandled == 1);
}

TEST_CASE("an acknowledgement may be kept, and called from another thread") {
    socketio_fixture at;
    std::promise<ack<std::string>> kept;
    at.io.on_connection([&](const socket& s) {
        s.on("ask", [&](const ack<std::string>& done) { kept.set_value(done); });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(21["ask"])");
    const auto done = kept.get_future().get();
    done("later");
    client.expect(R"(31["later"])");
    client.close();
    CHECK(at.becomes_true([&] { return at.io.counters().sockets == 0; }));
    done("too late");
}

TEST_CASE("what is acknowledged when the client has left goes nowhere") {
    socketio_fixture at;
    at.io.of("chat").on_connection([](const socket& s) {
        s.on("leave", [s](const ack<>& done) {
            s.disconnect();
            done();
            s.emit("after");
        });
    });
    auto client = at.start().connect();
    client.join();
    client.join("/chat");
    client.send(R"(2/chat,1["leave"])");
    CHECK(client.settle() == std::vector<std::string>{"1/chat,"});
}

// ---- that the server asks for

TEST_CASE("numbers of acknowledgements count up within a namespace") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.emit("a", [](int) {});
        at.io.timeout(1min).emit("b", [](const ack_error&, std::vector<int>) {});
        s.emit("c", [](int) {});
    });
    at.io.of("chat").on_connection([](const socket& s) { s.emit("d", [](int) {}); });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(20["a"])").expect(R"(21["b"])").expect(R"(22["c"])");
    client.join("/chat");
    client.expect(R"(2/chat,0["d"])");
}

TEST_CASE("answers that nobody waits for are ignored, and counted") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.emit("ask", [&](int n) { at.notes.add("answer " + std::to_string(n)); });
        s.timeout(1ms).emit("late",
                            [&](const ack_error& error, int) { at.notes.add(error.message); });
    });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(20["ask"])").expect(R"(21["late"])");
    at.notes.await("operation has timed out");
    for (const char* const answer : {"31[2]", "30[1]", "30[1]", "399[1]", "3[1]"})
        client.send(answer);
    client.settle();
    CHECK(at.notes.lines() == std::vector<std::string>{"operation has timed out", "answer 1"});
    CHECK(at.io.counters().acks_in == 5);
    CHECK(at.io.counters().acks_unknown == 4);
}

TEST_CASE("a client's answer may hold binary, in both directions") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.emit("ask", binary{"q"}, [&](const binary& answer, int n) {
            at.notes.add(answer.bytes + std::to_string(n));
        });
    });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(51-0["ask",{"_placeholder":true,"num":0}])");
    CHECK(client.read_binary() == "q");
    client.send(R"(61-0[{"_placeholder":true,"num":0},7])");
    client.send_binary("a");
    at.notes.await("a7");
}

TEST_CASE("an answer of another type is an error where errors are taken, else logged") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.emit("plain", [&](int) { at.notes.add("called"); });
        s.emit("checked", [&](const ack_error& error, int) { at.notes.add(error.message); });
    });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(20["plain"])").expect(R"(21["checked"])");
    client.send(R"(30["text"])");
    client.send(R"(31["text"])");
    client.settle();
    const auto lines = at.notes.lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find("expected integer, got string \"text\"") != std::string::npos);
    CHECK(lines[1].find("expected integer, got string \"text\"") != std::string::npos);
    CHECK(at.io.counters().argument_mismatches == 1);
}

TEST_CASE("an answer in promise form is its first argument, or an error") {
    socketio_fixture at;
    std::promise<socket> connected;
    at.io.on_connection([&](const socket& s) { connected.set_value(s); });
    auto client = at.start().connect();
    client.join();
    const socket s = connected.get_future().get();
    const auto good = s.timeout(1min).emit_with_ack("a");
    const auto none = s.emit_with_ack("b");
    client.expect(R"(20["a"])").expect(R"(21["b"])");
    client.send(R"(30["first","second"])");
    client.send("31[]");
    CHECK(at.wait(good).result == "first");
    CHECK(at.wait(none).result.is_null());
    const auto late = at.wait(s.timeout(1ms).emit_with_ack("c"));
    CHECK(late.error == "operation has timed out");
}

TEST_CASE("a client that goes fails what it owes, and what it is asked later") {
    socketio_fixture at;
    std::promise<socket> connected;
    at.io.on_connection([&](const socket& s) { connected.set_value(s); });
    auto client = at.start().connect();
    client.join();
    const socket s = connected.get_future().get();
    const auto owed = s.timeout(1min).emit_with_ack("a");
    client.expect(R"(20["a"])");
    client.close();
    CHECK(at.wait(owed).error == "the client has disconnected");
    CHECK(at.wait(s.emit_with_ack("b")).error == "the client has disconnected");
}

TEST_CASE("a client that owes too many answers is asked no more") {
    socketio_fixture at({.max_pending_acks = 2});
    at.io.on_connection([&](const socket& s) {
        for (int i = 0; i < 3; ++i)
            s.emit("ask", [&](const ack_error& error, int) { at.notes.add(error.message); });
    });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(20["ask"])").expect(R"(21["ask"])");
    CHECK(client.settle().empty());
    CHECK(at.notes.lines() == std::vector<std::string>{"too many unanswered acknowledgements"});
    CHECK(at.io.counters().acks_refused == 1);
    client.close();
    at.notes.await("the client has disconnected", 2);
}

TEST_CASE("a client that never answers may be asked again when the time for its answers is over") {
    socketio_fixture at({.max_pending_acks = 2});
    std::promise<socket> connected;
    at.io.on_connection([&](const socket& s) { connected.set_value(s); });
    auto client = at.start().connect();
    client.join();
    const socket s = connected.get_future().get();
    const auto ask = [&](std::chrono::milliseconds limit) {
        s.timeout(limit).emit("ask",
                              [&](const ack_error& error, int) { at.notes.add(error.message); });
    };
    for (std::size_t round = 1; round <= 3; ++round) {
        ask(1ms);
        ask(1ms);
        at.notes.await("operation has timed out", 2 * round);
    }
    CHECK(client.settle().size() == 6);
    CHECK(at.io.counters().acks_timed_out == 6);
    CHECK(at.io.counters().acks_refused == 0);
    ask(1min);
    ask(1min);
    ask(1min);
    at.notes.await("too many unanswered acknowledgements");
    CHECK(client.settle().size() == 2);
    CHECK(at.io.counters().acks_refused == 1);
    client.close();
    at.notes.await("the client has disconnected", 2);
}

TEST_CASE("a question to many leaves out who owes too many answers, and waits for the others") {
    socketio_fixture at({.max_pending_acks = 1});
    at.start();
    auto silent = at.connect();
    const std::string silent_id = silent.join();
    at.io.to(silent_id).timeout(1min).emit_with_ack("ask");
    silent.expect(R"(20["ask"])");
    auto other = at.connect();
    other.join();
    const auto answers = at.io.timeout(1min).emit_with_ack("ask");
    other.expect(R"(21["ask"])").send("31[7]");
    const auto done = at.wait(answers);
    CHECK(done.error.empty());
    CHECK(done.result == array{7});
    CHECK(silent.settle().empty());
    CHECK(at.io.counters().acks_refused == 1);
}

TEST_CASE("an exception out of the callback of a client that has gone is logged too") {
    socketio_fixture at;
    std::promise<socket> connected;
    at.io.on_connection([&](const socket& s) {
        s.on("disconnect", [&] { at.notes.add("gone"); });
        connected.set_value(s);
    });
    auto client = at.start().connect();
    client.join();
    client.close();
    at.notes.await("gone");
    connected.get_future().get().emit(
        "ask", [](const ack_error& error, int) { throw std::runtime_error(error.message); });
    CHECK(at.becomes_true([&] { return at.io.counters().handler_exceptions == 1; }));
}

TEST_CASE("an exception out of an acknowledgement's callback is logged") {
    socketio_fixture at;
    at.io.on_connection(
        [](const socket& s) { s.emit("ask", [](int) { throw std::runtime_error("no luck"); }); });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(20["ask"])");
    client.send("30[1]");
    client.settle();
    REQUIRE(at.notes.lines().size() == 1);
    CHECK(at.notes.lines()[0].ends_with("exception out of an acknowledgement's handler: no luck"));
    CHECK(at.io.counters().handler_exceptions == 1);
}

} // namespace sockeye::socketio
