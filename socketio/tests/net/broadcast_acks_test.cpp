#include "net/socketio_fixture.hpp"

namespace sockeye::socketio {
namespace {

array sorted(array answers) {
    std::ranges::sort(answers, {}, [](const value& v) { return v.as_int64(); });
    return answers;
}

// A number of clients on two shards.
struct several_clients {
    explicit several_clients(std::size_t count) : at({}, 2) {
        at.start();
        for (std::size_t i = 0; i < count; ++i) {
            clients.push_back(at.connect());
            ids.push_back(clients.back().join());
        }
    }
    // Each client up to `count` reads the question, and answers with its number and more.
    void answer(std::size_t count, int question = 0) {
        const std::string id = std::to_string(question);
        for (std::size_t i = 0; i < count; ++i) {
            clients[i].expect("2" + id + R"(["ask"])");
            clients[i].send("3" + id + "[" + std::to_string(i) + R"(,"more"])");
        }
    }

    socketio_fixture at;
    std::vector<packet_client> clients;
    std::vector<std::string> ids;
};

} // namespace

TEST_CASE("the first argument of each client's answer is gathered") {
    several_clients t(3);
    const auto answers = t.at.io.timeout(1min).to(t.ids).emit_with_ack("ask");
    t.answer(3);
    const auto got = t.at.wait(answers);
    CHECK(got);
    CHECK(sorted(got.result) == array{0, 1, 2});
}

TEST_CASE("a callback of a broadcast gets the answers by type") {
    several_clients t(2);
    t.at.io.timeout(1min).emit("ask", [&](const ack_error& error, std::vector<int> answers) {
        std::ranges::sort(answers);
        t.at.notes.add(error.message + std::to_string(answers[0]) + std::to_string(answers[1]));
    });
    t.answer(2);
    t.at.notes.await("01");
}

TEST_CASE("a client that does not answer in time is left out") {
    several_clients t(3);
    // As long as it takes the others, on whatever machine.
    int question = 0;
    outcome<array> got;
    for (auto limit = 20ms; got.result.size() < 2 && limit < testing::patience; limit *= 2) {
        const auto answers = t.at.io.timeout(limit).emit_with_ack("ask");
        t.answer(2, question++);
        got = t.at.wait(answers);
        CHECK(got.error == "operation has timed out");
    }
    CHECK(sorted(got.result) == array{0, 1});
}

TEST_CASE("a coroutine that waits for all gets those that answered with the error") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.on("go", [&at](int limit) -> task<> {
            try {
                co_await at.io.timeout(std::chrono::milliseconds(limit)).emit_with_ack("ask");
            } catch (const operation_error& error) {
                at.notes.add(std::to_string(limit) + ' ' + error.what());
                if (error.responses == array{1}) at.notes.add("with the one response");
            }
        });
    });
    at.start();
    auto one = at.connect(), other = at.connect();
    one.join();
    other.join();
    int question = 0;
    for (int limit = 20; at.notes.count("with the one response") == 0 && limit < 10'000;
         limit *= 2) {
        one.send(R"(2["go",)" + std::to_string(limit) + "]");
        const std::string id = std::to_string(question++);
        one.expect("2" + id + R"(["ask"])");
        one.send("3" + id + "[1]");
        at.notes.await(std::to_string(limit) + " operation has timed out");
        one.settle();
    }
    CHECK(at.notes.count("with the one response") == 1);
}

TEST_CASE("a question to nobody is answered at once") {
    socketio_fixture at({}, 2);
    at.start();
    const auto none = at.wait(at.io.to("nowhere").timeout(1min).emit_with_ack("ask"));
    CHECK(none);
    CHECK(none.result.empty());
    CHECK(at.wait(at.io.emit_with_ack("ask"))); // without a time-out too
}

TEST_CASE("a question without a time-out fails at once where there is somebody") {
    several_clients t(1);
    CHECK(t.at.wait(t.at.io.sockets().emit_with_ack("ask")).error == "operation has timed out");
}

TEST_CASE("a client that goes is waited for up to the time-out") {
    several_clients t(1);
    const auto answers = t.at.io.timeout(100ms).emit_with_ack("ask");
    t.clients[0].expect(R"(20["ask"])");
    t.clients[0].close();
    const auto got = t.at.wait(answers);
    CHECK(got.error == "operation has timed out");
    CHECK(got.result.empty());
}

TEST_CASE("answers may hold binary") {
    several_clients t(1);
    const auto answers = t.at.io.timeout(1min).emit_with_ack("ask", binary{"q"});
    t.clients[0].expect(R"(51-0["ask",{"_placeholder":true,"num":0}])");
    CHECK(t.clients[0].read_binary() == "q");
    t.clients[0].send(R"(61-0[{"_placeholder":true,"num":0}])");
    t.clients[0].send_binary("a");
    CHECK(t.at.wait(answers).result == array{binary{"a"}});
}

TEST_CASE("a remote socket answers for itself alone") {
    several_clients t(2);
    const auto found = t.at.wait(t.at.io.in(t.ids[0]).fetch_sockets());
    REQUIRE(found.result.size() == 1);
    found.result[0].timeout(1min).emit("ask", [&](const ack_error& error, int answer) {
        t.at.notes.add(error.message + std::to_string(answer));
    });
    t.answer(1);
    t.at.notes.await("0");
    CHECK(t.clients[1].settle().empty());
}

TEST_CASE("a question to many is encoded once") {
    several_clients t(3);
    const auto before = t.at.io.counters().encodes;
    const auto answers = t.at.io.timeout(1min).emit_with_ack("ask");
    t.answer(3);
    static_cast<void>(t.at.wait(answers));
    CHECK(t.at.io.counters().encodes - before == 1);
}

} // namespace sockeye::socketio
