// How a polling session ends, from either side, what still leaves before, and what waits in
// between: queues and heartbeats.

#include "polling_client.hpp"

namespace sockeye::engineio {
namespace {

using clock = std::chrono::steady_clock;

const std::string unknown_sid = R"({"code":1,"message":"Session ID unknown"})";

void hear(session&, std::string_view, bool) {}

std::uint64_t closed_by(const server_fixture& fixture, close_reason reason) {
    return fixture.http.counters().closed_by[static_cast<std::size_t>(reason)];
}

// ---- by the client

TEST_CASE("a close packet: the POST is answered, the GET gets a noop, the rest is dropped") {
    server_fixture fixture;
    fixture.handler.received = hear;
    fixture.start();
    const polling_client client(fixture);
    auto waiting = client.waiting_get();
    CHECK(client
              .post("4a\x1e"
                    "1\x1e"
                    "4b")
              .body == "ok");
    const auto answer = waiting.read_answer();
    CHECK(answer.status == 200);
    CHECK(answer.body == "6");
    fixture.handler.await("close transport close");
    CHECK(fixture.handler.count("message a") == 1);
    CHECK(fixture.handler.count("message b") == 0);
    CHECK(client.get().body == unknown_sid);
    CHECK(closed_by(fixture, close_reason::transport_close) == 1);
}

TEST_CASE("a close packet without a waiting GET ends the session all the same") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    CHECK(client.post("1").body == "ok");
    fixture.handler.await("close transport close");
    CHECK(client.get().body == unknown_sid);
}

TEST_CASE("an echo that came before the close packet still finds its GET") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    auto waiting = client.waiting_get();
    CHECK(client
              .post("4a\x1e"
                    "1")
              .body == "ok");
    CHECK(waiting.read_answer().body == "4a");
}

TEST_CASE("a version 3 close packet has its length") {
    server_fixture fixture({.allow_eio3 = true});
    fixture.start();
    const polling_client client(fixture, "EIO=3&transport=polling");
    auto waiting = client.waiting_get();
    CHECK(client.post("1:1").body == "ok");
    CHECK(waiting.read_answer().body == "1:6");
    fixture.handler.await("close transport close");
}

// ---- by the server

TEST_CASE("a close tells a waiting GET at once") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    auto waiting = client.waiting_get();
    fixture.with_session(client.sid, [](session& s) { s.close(); });
    CHECK(waiting.read_answer().body == "1");
    fixture.handler.await("close forced close");
    CHECK(client.get().body == unknown_sid);
    CHECK(closed_by(fixture, close_reason::forced_close) == 1);
}

TEST_CASE("a close without a GET waits for the next one, and nothing can be sent meanwhile") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    fixture.with_session(client.sid, [](session& s) {
        s.close();
        CHECK(s.status() == session_status::closing);
        CHECK_FALSE(s.send("late"));
    });
    CHECK(fixture.handler.count("close forced close") == 0);
    CHECK(client.get().body == "6\x1e"
                               "1");
    fixture.handler.await("close forced close");
    CHECK(client.get().body == unknown_sid);
    CHECK(fixture.http.counters().dropped_closed == 1);
}

TEST_CASE("what was sent before a close leaves first") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    fixture.with_session(client.sid, [](session& s) {
        s.send("bye");
        s.close();
    });
    CHECK(client.get().body == "4bye");
    CHECK(client.get().body == "6\x1e"
                               "1");
    fixture.handler.await("close forced close");
}

TEST_CASE("a message and a close in one go share the waiting GET's order") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    auto waiting = client.waiting_get();
    fixture.with_session(client.sid, [](session& s) {
        s.send("bye");
        s.close();
    });
    CHECK(waiting.read_answer().body == "4bye");
    CHECK(client.get().body == "6\x1e"
                               "1");
}

TEST_CASE("a close that discards does not let waiting packets leave") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    fixture.with_session(client.sid, [](session& s) {
        s.send("never");
        s.close(true);
    });
    CHECK(client.get().body == "6\x1e"
                               "1");
}

TEST_CASE("a closed session that nobody polls ends after its time-out") {
    server_fixture fixture({.close_timeout = 50ms});
    fixture.start();
    const polling_client client(fixture);
    fixture.with_session(client.sid, [](session& s) { s.close(); });
    fixture.handler.await("close forced close");
    CHECK(client.get().body == unknown_sid);
}

TEST_CASE("a close in the handshake reaches the first poll") {
    server_fixture fixture;
    fixture.handler.opened = [](session& s) { s.close(); };
    fixture.start();
    const polling_client client(fixture);
    CHECK(client.handshake.body == open_packet_of(client.sid));
    CHECK(client.get().body == "6\x1e"
                               "1");
    fixture.handler.await("close forced close");
}

TEST_CASE("a session may close itself, and all others, from within a message") {
    server_fixture fixture;
    fixture.handler.received = [&](session&, std::string_view, bool) {
        fixture.server.for_each([](session& each) { each.close(true); });
    };
    fixture.start();
    const polling_client one(fixture);
    const polling_client two(fixture);
    auto waiting_one = one.waiting_get();
    auto waiting_two = two.waiting_get();
    CHECK(one.post("4x\x1e"
                   "4y")
              .body == "ok");
    CHECK(waiting_one.read_answer().body == "1");
    CHECK(waiting_two.read_answer().body == "1");
    fixture.handler.await("close forced close", 2);
    CHECK(fixture.handler.count("message y") == 0);
}

TEST_CASE("the server closes all sessions of all shards") {
    server_fixture fixture({}, four_shards());
    fixture.start();
    std::vector<std::unique_ptr<polling_client>> clients;
    for (int i = 0; i < 8; ++i)
        clients.push_back(std::make_unique<polling_client>(fixture));
    fixture.server.close();
    for (const auto& client : clients)
        CHECK(client->get().body == "6\x1e"
                                    "1");
    fixture.handler.await("close forced close", 8);
    CHECK(becomes_true([&] { return fixture.server.session_count() == 0; }));
    CHECK(polling_client(fixture).post("4x").body == "ok"); // new ones are welcome
}

TEST_CASE("an exception out of a handler is logged without the id, and the session goes on") {
    server_fixture fixture;
    fixture.handler.received = [](session& s, std::string_view data, bool) {
        if (data == "bad") throw std::runtime_error("boom");
        s.send(data);
    };
    fixture.start();
    const polling_client client(fixture);
    CHECK(client
              .post("4bad\x1e"
                    "4good")
              .body == "ok");
    CHECK(client.get().body == "4good");
    const auto events = fixture.handler.events();
    const auto line = std::ranges::find_if(events, [](const std::string& e) {
        return e.starts_with("log ") && e.ends_with("exception out of on_message: boom");
    });
    REQUIRE(line != events.end());
    CHECK(line->find(client.sid) == std::string::npos);
}

// ---- what waits for a GET

TEST_CASE("a volatile message is dropped, and counted, unless a GET is there to take it") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    fixture.with_session(client.sid, [](session& s) {
        CHECK_FALSE(s.writable());
        CHECK_FALSE(s.send("lost", {.volatile_ = true}));
    });
    auto waiting = client.waiting_get();
    fixture.with_session(client.sid, [](session& s) { CHECK(s.send("now", {.volatile_ = true})); });
    CHECK(waiting.read_answer().body == "4now");
    CHECK(fixture.http.counters().dropped_volatile == 1);
}

TEST_CASE("a callback is told that its message has left, and over what") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    fixture.with_session(client.sid, [&](session& s) {
        s.send("a");
        s.when_sent(
            [&](transport_kind by) { fixture.handler.note("sent by " + std::string(name(by))); });
    });
    CHECK(fixture.handler.count("sent by polling") == 0);
    CHECK(client.get().body == "4a");
    fixture.handler.await("sent by polling");
}

TEST_CASE("a full queue acts by its policy: at the limit all is kept, one over is too much") {
    struct policy_case {
        overflow_policy policy;
        const char* polled;
    };
    const policy_case cases[] = {{overflow_policy::drop_newest, "4aa\x1e"
                                                                "4bb"},
                                 {overflow_policy::drop_oldest, "4bb\x1e"
                                                                "4cc"}};
    for (const auto& [policy, polled] : cases) {
        server_options options;
        options.queue = {.max_bytes = 4, .overflow = policy};
        server_fixture fixture(options);
        fixture.start();
        const polling_client client(fixture);
        fixture.with_session(client.sid, [&](session& s) {
            CHECK(s.send("aa"));
            CHECK(s.send("bb"));
            CHECK(s.queued_bytes() == 4);
            CHECK(s.send("cc") == (policy == overflow_policy::drop_oldest));
        });
        CHECK(client.get().body == polled);
        CHECK(fixture.http.counters().dropped_overflow == 1);
    }
}

TEST_CASE("who does not fetch what waits is disconnected as a slow reader") {
    server_options options;
    options.queue = {.max_packets = 2};
    server_fixture fixture(options);
    fixture.start();
    const polling_client client(fixture);
    CHECK(client
              .post("4a\x1e"
                    "4b")
              .body == "ok");
    CHECK(client.post("4c").body == "ok");
    fixture.handler.await("close slow reader");
    CHECK(client.get().body == unknown_sid);
    CHECK(closed_by(fixture, close_reason::slow_reader) == 1);
}

// ---- heartbeats

TEST_CASE("version 4: a ping after its interval, answered by a pong, and another") {
    server_fixture fixture({.ping_interval = 60ms, .ping_timeout = 10s});
    fixture.start();
    const polling_client client(fixture);
    for (std::size_t round = 1; round <= 3; ++round) {
        const auto begun = clock::now();
        CHECK(client.get().body == "2");
        if (round > 1) CHECK(clock::now() - begun >= 50ms); // its interval began with the pong
        CHECK(client.post("3").body == "ok");
        fixture.handler.await("heartbeat", round);
    }
}

TEST_CASE("a session without heartbeats is gone when its time is over, to the moment") {
    server_fixture fixture({.ping_interval = 60ms, .ping_timeout = 40ms});
    std::atomic<clock::rep> ended = 0;
    fixture.handler.ended = [&](session&, close_reason) {
        ended = clock::now().time_since_epoch().count();
    };
    fixture.start();
    for (std::size_t round = 1; round <= 5; ++round) {
        const auto begun = clock::now();
        const polling_client client(fixture);
        std::this_thread::sleep_until(clock::now() + 100ms);
        CHECK(client.get().body == unknown_sid);
        fixture.handler.await("close ping timeout", round);
        CHECK(clock::time_point(clock::duration(ended)) - begun >= 99ms);
    }
}

TEST_CASE("a GET that waits learns of the ping, and of the end") {
    server_fixture fixture({.ping_interval = 150ms, .ping_timeout = 150ms});
    fixture.start();
    const polling_client client(fixture);
    CHECK(client.waiting_get().read_answer().body == "2");
    CHECK(client.waiting_get().read_answer().body == "1");
    fixture.handler.await("close ping timeout");
    CHECK(closed_by(fixture, close_reason::ping_timeout) == 1);
}

TEST_CASE("version 3: the client pings, the server answers and never pings itself") {
    server_fixture fixture({.ping_interval = 50ms, .ping_timeout = 10s, .allow_eio3 = true});
    fixture.start();
    const polling_client client(fixture, "EIO=3&transport=polling");
    auto waiting = client.waiting_get();
    CHECK(waiting.silent_for(100ms));
    CHECK(client.post("1:2").body == "ok");
    CHECK(waiting.read_answer().body == "1:3");
    fixture.handler.await("heartbeat");
}

TEST_CASE("version 3: a client that does not ping is gone after interval and timeout") {
    server_fixture fixture({.ping_interval = 40ms, .ping_timeout = 40ms, .allow_eio3 = true});
    fixture.start();
    const polling_client client(fixture, "EIO=3&transport=polling");
    std::this_thread::sleep_until(clock::now() + 80ms);
    const auto answer = client.post("1:2");
    CHECK(answer.status == 400);
    CHECK(answer.body == unknown_sid);
    fixture.handler.await("close ping timeout");
}

} // namespace
} // namespace sockeye::engineio
