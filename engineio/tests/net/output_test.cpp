#include "polling_client.hpp"
#include "websocket_session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <linux/sockios.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace sockeye::engineio {
namespace {

using testing::raw_client;
using testing::text_frame;
using testing::websocket_client;

const std::string block(64 * 1024, 'b');

// Tasks run on the session's shard, where the client's first message put them.
void on_message(server_fixture& server, std::function<void(session&)> task) {
    server.handler.received = [task = std::move(task)](session& s, std::string_view, bool) {
        task(s);
    };
}

TEST_CASE("a session is writable until something waits to leave") {
    server_fixture server;
    on_message(server, [&](session& s) {
        CHECK(s.writable());
        CHECK(s.send("first", {.volatile_ = true}));
        CHECK_FALSE(s.writable());
        CHECK(s.queued_bytes() > 0);
        CHECK_FALSE(s.send("dropped", {.volatile_ = true}));
        CHECK(s.send("second"));
    });
    auto client = open_websocket(server.start());
    client.send_text("4go");
    CHECK(client.read_text() == "4first");
    CHECK(client.read_text() == "4second");
    CHECK(server.http.counters().dropped_volatile == 1);
}

TEST_CASE("a polling session is writable while a GET waits") {
    server_fixture server;
    const polling_client client(server.start());
    server.with_session(client.sid, [](session& s) {
        CHECK_FALSE(s.writable());
        CHECK_FALSE(s.send("dropped", {.volatile_ = true}));
    });
    raw_client poll = client.waiting_get();
    server.with_session(client.sid, [](session& s) {
        CHECK(s.writable());
        CHECK(s.send("taken", {.volatile_ = true}));
    });
    CHECK(poll.read_answer().body == "4taken");
}

TEST_CASE("when_sent and on_drain follow what was sent, in order") {
    server_fixture server;
    server.handler.drained = [&](session& s) {
        CHECK(s.queued_bytes() == 0);
        server.handler.note("drained");
    };
    on_message(server, [&](session& s) {
        s.send("data");
        s.when_sent([&](transport_kind) { server.handler.note("first"); });
        s.when_sent([&](transport_kind by) {
            CHECK(by == transport_kind::websocket);
            server.handler.note("second");
        });
    });
    auto client = open_websocket(server.start());
    client.send_text("4go");
    CHECK(client.read_text() == "4data");
    server.handler.await("second");
    server.handler.await("drained", 2); // the first was the open packet
    const auto events = server.handler.events();
    const auto first = std::ranges::find(events, "first");
    REQUIRE(events.end() - first >= 3);
    CHECK(first[1] == "second");
    CHECK(first[2] == "drained");
}

TEST_CASE("the application hears of a session's opening first") {
    server_fixture server;
    server.handler.drained = [&](session&) { server.handler.note("drained"); };
    server.start();
    const polling_client client(server);
    CHECK(client.post("4hello").body == "ok");
    CHECK(client.get().body == "4hello");
    server.handler.await("drained");
    CHECK(server.handler.events().front() == "open");
}

TEST_CASE("when_sent calls back where nothing waits at all") {
    server_fixture server;
    on_message(server, [&](session& s) {
        s.when_sent([&](transport_kind) { server.handler.note("sent"); });
    });
    auto client = open_websocket(server.start());
    client.send_text("4go");
    server.handler.await("sent");
}

TEST_CASE("packets that belong together stay together") {
    server_fixture server;
    on_message(server, [](session& s) {
        const outgoing_ptr pair[] = {outgoing::make(packet_type::message, "head"),
                                     outgoing::make(packet_type::message, "body", true)};
        CHECK(s.send(pair));
    });
    auto client = open_websocket(server.start());
    client.send_text("4go");
    CHECK(client.read_text() == "4head");
    CHECK(client.read_binary() == "body");
}

// The system at the other end has what this client sent, whether or not the server has read it.
bool has_arrived(testing::websocket_client& client) {
    int unacknowledged = -1;
    ::ioctl(client.link().native_handle(), SIOCOUTQ, &unacknowledged);
    return unacknowledged == 0;
}

TEST_CASE("what several connections send to one in the same turn leaves in one write") {
    server_fixture server;
    std::vector<session*> all;
    server.handler.opened = [&](session& s) { all.push_back(&s); };
    server.handler.received = [&](session&, std::string_view data, bool) {
        for (session* const s : all)
            s->send(data);
    };
    server.start();
    auto first = open_websocket(server), second = open_websocket(server);

    const auto writes = [&] { return server.http.counters().writes; };
    std::promise<std::uint64_t> stopped;
    std::promise<void> both_sent;
    server.http.shards().post(0, [&] {
        stopped.set_value(writes());
        both_sent.get_future().wait();
    });
    const std::uint64_t before = stopped.get_future().get();
    first.send_text("4one");
    second.send_text("4two");
    CHECK(becomes_true([&] { return has_arrived(first) && has_arrived(second); }));
    both_sent.set_value();
    for (auto* client : {&first, &second}) {
        CHECK(client->read_text() == "4one");
        CHECK(client->read_text() == "4two");
    }
    std::promise<std::uint64_t> counted; // on the shard, where that turn is over
    server.http.shards().post(0, [&] { counted.set_value(writes()); });
    CHECK(counted.get_future().get() - before == 2);
}

// ---- a peer that does not read

TEST_CASE("a slow reader is closed, and what it did not read is bounded") {
    server_fixture server(
        {.queue = {.max_bytes = 200'000}, .websocket_close_timeout = milliseconds(50)});
    on_message(server, [](session& s) {
        // The socket's buffers take some; then the queue fills, and the session ends.
        for (int i = 0; i < 10'000 && s.send(block); ++i)
            CHECK(s.queued_bytes() <= 200'000 + block.size());
    });
    auto client = open_websocket(server.start());
    client.send_text("4go");
    server.handler.await("close slow reader");
    const auto counters = server.http.counters();
    CHECK(counters.closed_by[static_cast<std::size_t>(close_reason::slow_reader)] == 1);
    CHECK(counters.dropped_overflow >= 1);
    CHECK(becomes_true([&] { return server.http.counters().connections == 0; }));
    CHECK(server.http.counters().queued_bytes == 0);
}

TEST_CASE("a polling client that does not fetch is a slow reader too") {
    server_fixture server({.queue = {.max_packets = 10}});
    const polling_client client(server.start());
    server.with_session(client.sid, [](session& s) {
        for (int i = 0; i < 10; ++i)
            CHECK(s.send("waits"));
        CHECK_FALSE(s.send("one too many"));
    });
    server.handler.await("close slow reader");
    CHECK(client.get().status == 400);
}

struct numbers_read {
    int count = 0;
    int last = -1;
};

// Sends until the queue has dropped some, then lets the client read what is left.
numbers_read overflow(overflow_policy policy, counter_totals& counters) {
    server_fixture server({.queue = {.max_bytes = 1'000'000, .overflow = policy}});
    on_message(server, [&](session& s) {
        for (int i = 0; i < 400; ++i)
            s.send(std::to_string(i) + ' ' + block);
        server.handler.note("all sent");
    });
    auto client = open_websocket(server.start());
    client.send_text("4go");
    server.handler.await("all sent");
    server.handler.received = [](session& s, std::string_view, bool) { s.close(); };
    numbers_read got;
    counters = server.http.counters();
    const auto kept = 400 - static_cast<int>(counters.dropped_overflow);
    for (; got.count < kept; ++got.count) {
        const int number = std::stoi(client.read_text().substr(1));
        REQUIRE(number > got.last);
        got.last = number;
    }
    client.send_text("4close");
    CHECK(client.read_close().empty()); // nothing else was waiting
    return got;
}

TEST_CASE("of messages that do not fit the newest are dropped, and counted") {
    counter_totals counters{};
    const numbers_read got = overflow(overflow_policy::drop_newest, counters);
    CHECK(counters.dropped_overflow > 0);
    CHECK(got.last < 399);
    CHECK(got.count == got.last + 1); // none is missing before the last
}

TEST_CASE("of messages that do not fit the oldest are dropped, and counted") {
    counter_totals counters{};
    const numbers_read got = overflow(overflow_policy::drop_oldest, counters);
    CHECK(counters.dropped_overflow > 0);
    CHECK(got.last == 399);
}

TEST_CASE("who does not take answers is not read, until it takes them") {
    server_fixture server({.queue = {.max_bytes = 64 * 1024 * 1024}});
    auto client = open_websocket(server.start());
    const std::string message = text_frame("4" + block);
    // Nothing is read here, so the server stops reading in its turn, and sending gets stuck.
    int sent = 0;
    std::string rest;
    while (rest.empty()) {
        const ssize_t taken = ::send(client.link().native_handle(), message.data(), message.size(),
                                     MSG_DONTWAIT | MSG_NOSIGNAL);
        if (taken < 0 && becomes_true([&] { return server.http.counters().reads_paused > 0; }))
            break;
        const auto done = static_cast<std::size_t>(std::max<ssize_t>(taken, 0));
        if (done < message.size()) rest = message.substr(done);
        ++sent;
        REQUIRE(sent < 10'000);
    }
    CHECK(server.http.counters().queued_bytes < 1024 * 1024);
    std::thread sender([&] { client.link().send(rest); });
    for (int i = 0; i < sent; ++i)
        REQUIRE(client.read_text().size() == 1 + block.size());
    sender.join();
    client.send_text("4the end");
    CHECK(client.read_text() == "4the end");
}

// ---- heartbeats

TEST_CASE("a version 4 session is pinged, and lives while it answers") {
    server_fixture server({.ping_interval = milliseconds(30), .ping_timeout = milliseconds(500)});
    auto client = open_websocket(server.start());
    for (int i = 0; i < 3; ++i) {
        CHECK(client.read_text() == "2");
        client.send_text("3");
    }
    server.handler.await("heartbeat", 3);
}

TEST_CASE("a session that does not answer its ping is timed out") {
    server_fixture server({.ping_interval = milliseconds(30), .ping_timeout = milliseconds(30)});
    auto client = open_websocket(server.start());
    CHECK(client.read_text() == "2");
    CHECK(client.read_close().empty());
    server.handler.await("close ping timeout");
}

TEST_CASE("a version 3 session pings, and is timed out where it stops") {
    server_fixture server(
        {.ping_interval = milliseconds(60), .ping_timeout = milliseconds(60), .allow_eio3 = true});
    auto client = open_websocket(server.start(), websocket_v3_path);
    client.send_text("2with data");
    CHECK(client.read_text() == "3");
    CHECK(client.read_close().empty());
    server.handler.await("close ping timeout");
    CHECK(server.handler.count("heartbeat") == 1);
}

} // namespace
} // namespace sockeye::engineio
