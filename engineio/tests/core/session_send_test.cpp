#include "session_script.hpp"

namespace sockeye::engineio {
namespace {

using enum close_reason;

server_options bounded(overflow_policy policy, std::size_t packets = 2, std::size_t bytes = 100) {
    return {.queue = {.max_bytes = bytes, .max_packets = packets, .overflow = policy}};
}

TEST_CASE("every packet out is announced once") {
    auto session = polling_session();
    session.sends_group({"a", "b"}).get().answers("4a 4b").close();
    CHECK(session.created() == "0{} 4a 4b ");
}

TEST_CASE("a session that has ended takes nothing") {
    auto session = websocket_session();
    session.abandon().closes_websocket(forced_close).cannot_send({"a", "b"});
    session.does("dropped 2 closed");
}

TEST_CASE("volatile over polling: only if a GET waits, and for nothing else") {
    auto session = polling_session();
    CHECK_FALSE(session.state().writable());
    session.sends_volatile("a", false).does("dropped 1 not writable").get();
    CHECK(session.state().writable());
    session.sends_volatile("b").answers("4b");
}

TEST_CASE("volatile over a WebSocket: only if nothing waits") {
    auto session = websocket_session();
    session.sends_volatile("a").writes("4a").stops_reading().sends("b").writes("4b");
    CHECK_FALSE(session.state().writable());
    session.sends_volatile("c", false).does("dropped 1 not writable");
    session.reads(4).sends_volatile("d").writes("4d");
}

TEST_CASE("a burst may pass the bound if the peer takes it") {
    auto session = websocket_session(bounded(overflow_policy::disconnect));
    session.sends({"a", "b", "c"}).writes("4a").writes("4b").writes("4c");
    auto polling = polling_session(bounded(overflow_policy::disconnect));
    polling.get().sends({"a", "b", "c"}).answers("4a 4b").nothing_more();
}

TEST_CASE("one message larger than the bound passes where nothing waits") {
    auto session = polling_session(bounded(overflow_policy::disconnect, 2, 3));
    session.sends("four").get().answers("4four").sends_group({"a", "b", "c"});
    session.get().answers("4a 4b 4c");
}

TEST_CASE("the bound on bytes is what may wait, and no byte more") {
    auto session = polling_session(bounded(overflow_policy::drop_newest, 9, 5));
    session.sends("abc").sends("de").cannot_send("f").does("dropped 1 overflow");
    session.get().answers("4abc 4de");
}

TEST_CASE("overflow ends a session") {
    auto session = polling_session(bounded(overflow_policy::disconnect));
    session.sends({"a", "b"}).cannot_send("c").does("dropped 1 overflow");
    session.does("dropped 2 closed").closes(slow_reader);
    CHECK(session.detail() == "output queue full");
    auto websocket = websocket_session(bounded(overflow_policy::disconnect));
    websocket.stops_reading().sends({"a", "b"}).writes("4a").writes("4b");
    websocket.cannot_send("c").does("dropped 1 overflow").closes_websocket(slow_reader);
}

TEST_CASE("overflow drops the newest, a group as a whole") {
    auto session = polling_session(bounded(overflow_policy::drop_newest));
    session.sends("a").cannot_send({"b", "c"}).does("dropped 2 overflow").sends("d");
    session.cannot_send("e").does("dropped 1 overflow").get().answers("4a 4d");
}

TEST_CASE("overflow drops the oldest, a group as a whole") {
    auto session = polling_session(bounded(overflow_policy::drop_oldest, 3));
    session.sends_group({"a", "b"}).sends("c").sends("d").does("dropped 2 overflow");
    session.get().answers("4c 4d");
}

TEST_CASE("overflow drops no heartbeat") {
    auto session = polling_session(bounded(overflow_policy::drop_oldest));
    session.after(25s).sends({"a", "b"}).does("dropped 1 overflow");
    session.get().answers("2 4b");
}

TEST_CASE("overflow drops the newest where the oldest is on its way") {
    auto session = websocket_session(bounded(overflow_policy::drop_oldest, 2));
    session.stops_reading().sends_group({"a", "b"}).writes("4a").does("write +4b").reads(1);
    session.cannot_send("c").does("dropped 1 overflow");
}

TEST_CASE("a peer that keeps up heartbeats and does not read fills no memory") {
    server_options options = bounded(overflow_policy::drop_newest);
    options.max_pending_pongs = 3;
    auto session = polling_session(options, protocol::v3);
    SUBCASE("version 3, by pings") {
        for (int ping = 0; ping < 5; ++ping)
            session.says("2").does("heartbeat");
        session.says("2").does("dropped 5 closed").closes(slow_reader);
        CHECK(session.detail() == "heartbeats are not read");
    }
    SUBCASE("version 4, by pongs to pings it has not seen") {
        auto newer = polling_session(options);
        for (int ping = 0; ping < 5; ++ping)
            newer.after(25s).says("3").does("heartbeat");
        newer.after(25s).does("dropped 5 closed").closes(slow_reader);
    }
}

} // namespace
} // namespace sockeye::engineio
