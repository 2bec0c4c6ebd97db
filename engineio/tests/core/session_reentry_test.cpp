#include "session_script.hpp"

// The host comes back into the session in the middle of what the session does.
namespace sockeye::engineio {
namespace {

using enum close_reason;

void close_it(session_script& s) {
    s.state().close(false, s.now());
}

void send_more(session_script& s) {
    s.send({"more"});
}

TEST_CASE("a handler answers, or closes, from a message") {
    auto session = websocket_session();
    session.when("deliver a", send_more).says("4a").delivers("a").writes("4more");
    session.when("deliver b", close_it).says("4b").delivers("b").closes_websocket(forced_close);
}

TEST_CASE("a handler closes from a heartbeat") {
    auto session = polling_session();
    session.when("heartbeat", close_it)
        .get()
        .says("3")
        .does("heartbeat")
        .answers("1")
        .closes(forced_close);
}

TEST_CASE("a handler sends and closes from the end") {
    auto session = websocket_session();
    session.when("closed: transport close", [](session_script& s) {
        CHECK_FALSE(s.send({"late"}));
        close_it(s);
        s.state().abandon();
    });
    session.websocket_lost().does("close WebSocket").does("closed: transport close");
    session.does("dropped 1 closed");
}

TEST_CASE("a handler sends and closes from the upgrade") {
    auto session = polling_session();
    session.when("upgrading", send_more).when("upgraded", close_it);
    probe(session);
    session.probe_says("5").does("promote").writes("4more").does("upgraded");
    session.closes_websocket(forced_close);
}

TEST_CASE("a handler closes while a GET is released for the upgrade") {
    auto session = polling_session();
    session.get().when("answer 6", close_it);
    probe(session);
    session.after(100ms).answers("6").nothing_more();
    session.probe_says("5").does("promote").closes_websocket(forced_close);
}

TEST_CASE("a handler sends as the last GET is told to go: it comes over the WebSocket") {
    auto session = polling_session();
    session.get().when("answer 1", send_more);
    probe(session);
    session.probe_says("5").answers("1").does("promote").writes("4more").does("upgraded");
}

TEST_CASE("a handler closes as the last GET is told to go: no upgrade is announced") {
    auto session = polling_session();
    session.get().when("answer 1", close_it);
    probe(session);
    session.probe_says("5").answers("1").does("promote").closes_websocket(forced_close);
}

TEST_CASE("a GET that comes behind the last one is told as well") {
    auto session = polling_session();
    session.get().when("answer 1", [](session_script& s) { s.pipelined_get(); });
    probe(session);
    session.probe_says("5").answers("1").answers("1").does("promote").does("upgraded");
}

TEST_CASE("the session ends as its last GET is told to go") {
    auto session = polling_session();
    session.get().when("answer 1", [](session_script& s) { s.state().abandon(); });
    probe(session);
    session.probe_says("5").answers("1").does("close probe").closes(forced_close);
}

TEST_CASE("a close packet comes behind the GET that carries the last messages") {
    auto session = polling_session();
    session.get().when("answer 4b", [](session_script& s) {
        s.state().on_packet(transport_kind::polling, {.type = packet_type::close, .data = {}},
                            s.now());
    });
    SUBCASE("of a session that breaks a rule") {
        session.when("deliver a", [](session_script& s) {
            s.send({"b"});
            s.state().on_transport_error("rule");
        });
    }
    SUBCASE("of one that is closed") {
        session.when("deliver a", [](session_script& s) {
            s.send({"b"});
            close_it(s);
        });
    }
    session.says("4a").delivers("a").answers("4b").closes(transport_close);
}

TEST_CASE("a GET comes behind the one that carries the last messages of a closed session") {
    auto session = polling_session();
    session.get().when("answer 4b", [](session_script& s) { s.pipelined_get(); });
    session.when("deliver a", [](session_script& s) {
        s.send({"b"});
        close_it(s);
    });
    session.says("4a").delivers("a").answers("4b").answers("6 1").closes(forced_close);
}

TEST_CASE("a packet sent while another is announced does not come between a group") {
    auto session = websocket_session();
    session.when("created 4b", send_more).sends_group({"a", "b"});
    session.writes("4a").does("write +4b").writes("4more");
}

TEST_CASE("a handler closes while its packets are announced: they still leave") {
    auto session = websocket_session();
    session.when("created 4a", close_it).sends_group({"a", "b"});
    session.writes("4a").does("write +4b").closes_websocket(forced_close);
    CHECK(session.created() == "0{} 4a ");
}

TEST_CASE("a handler closes while a ping or a pong is announced") {
    auto session = websocket_session();
    session.when("created 2", close_it).after(25s).writes("2").closes_websocket(forced_close);
    auto older = websocket_session({}, protocol::v3);
    older.when("created 3", close_it).says("2").writes("3").closes_websocket(forced_close);
}

TEST_CASE("the WebSocket is lost while room is made") {
    auto session = websocket_session({.queue = {.max_packets = 1}});
    session.stops_reading().sends("a").writes("4a");
    session.when("flush WebSocket",
                 [](session_script& s) { s.state().on_websocket_lost(transport_close, "reset"); });
    session.cannot_send("b").does("close WebSocket").does("closed: transport close");
    session.does("dropped 1 closed");
}

TEST_CASE("more is sent while room is made") {
    auto session = polling_session({.queue = {.max_packets = 1}});
    session.get().when("answer 4a", send_more);
    session.when("deliver x", [](session_script& s) {
        s.send({"a"});
        CHECK_FALSE(s.send({"b"}));
    });
    session.says("4x").delivers("x").answers("4a").does("dropped 1 overflow");
    session.does("dropped 1 closed").closes(slow_reader);
}

} // namespace
} // namespace sockeye::engineio
