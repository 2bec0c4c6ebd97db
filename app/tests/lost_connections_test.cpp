// Requests whose connection has ended before they are handled.

#include "server/clock_events.hpp"
#include "server/session_events.hpp"
#include "support/flaky_store.hpp"
#include "support/service_world.hpp"
#include "support/users_server.hpp"

#include <doctest/doctest.h>

namespace sockeye::app {

namespace {

using socketio::socket;

/// A server that asks the store before it lets a request pass.
class asking_server {
public:
    asking_server()
        : at({}, 1), memory_(at.http.shards(), now),
          state(memory_, at.http.shards()), on_{state, at.http.shards(), now, "a", quiet},
          asked(on_, [this](socket) { return ask(); }), sessions(on_, asked, at.io, nullptr),
          clock(on_, asked, at.io) {
        at.io.on_connection([this](const socket& s) { serve(s); });
        at.start();
    }
    ~asking_server() { at.finish(); }

    [[nodiscard]] std::uint64_t handled() const {
        std::uint64_t all = 0;
        for (std::size_t bucket = 0; bucket <= latency_histogram::bounds.size(); ++bucket)
            all += asked.latency().count(bucket);
        return all;
    }

    socketio::socketio_fixture at;
    std::atomic<int> gone = 0;

private:
    static milliseconds now() { return milliseconds(1'700'000'000'000); }
    static void quiet(engineio::log_level, std::string_view) {}
    task<> ask() { co_await state.commit(transaction().exists("k")); }

    void serve(const socket& s) {
        s.data()["userId"] = "alice";
        sessions.serve(s);
        clock.serve(s);
        s.on("disconnect", [this] { ++gone; });
    }

    memory_store memory_;

public:
    testing::flaky_store state;

private:
    const context on_;

public:
    requests asked;
    session_events sessions;
    clock_events clock;
};

} // namespace

TEST_CASE("lost connections: they take part in nothing that they have asked for before") {
    asking_server server;
    const session_info made = wait(
        server.sessions.service().create_session({.user = "alice", .connection = "elsewhere"}));
    const std::string id = R"({"sessionId":")" + made.id + "\"}";
    std::string request;
    SUBCASE("session:join") {
        request = R"("session:join",)" + id;
    }
    SUBCASE("session:join with a code") {
        request = R"("session:join",{"code":")" + made.code + "\"}";
    }
    SUBCASE("session:create") {
        request = R"("session:create")";
    }
    SUBCASE("session:resume") {
        request = R"("session:resume",)" + id;
    }
    SUBCASE("clock:join") {
        request = R"("clock:join",{"sessionId":"s"})";
    }
    server.state.slow = true;
    packet_client client = server.at.connect();
    client.join();
    client.send("21[" + request + "]");
    REQUIRE(server.at.becomes_true([&] { return server.state.held() == 1; }));
    client.close();
    REQUIRE(server.at.becomes_true([&] { return server.gone == 1; }));
    server.state.hurry();
    REQUIRE(server.at.becomes_true([&] { return server.handled() == 1; }));
    CHECK(server.asked.failed() == 1);
    const session_counters counted = server.sessions.service().counters();
    CHECK(counted.hosted == 1);
    CHECK(counted.listeners == 0);
    CHECK(server.clock.service().counters().members == 0);
    // The host that is there is still it.
    CHECK(wait(server.sessions.service().publish(made.id, "elsewhere", "e", nullptr)) == 1);
}

} // namespace sockeye::app
