#include "session_script.hpp"

namespace sockeye::engineio {
namespace {

using enum close_reason;

TEST_CASE("close over a WebSocket ends the session at once") {
    auto session = websocket_session();
    session.close().closes_websocket(forced_close);
    CHECK(session.detail() == "closed by the server");
}

TEST_CASE("close tells the waiting GET") {
    polling_session().get().close().answers("1").closes(forced_close);
}

TEST_CASE("close without a GET: the next one is told") {
    auto session = polling_session();
    session.close().nothing_more();
    CHECK(session.state().status() == session_status::closing);
    session.after(29'999ms).get().answers("6 1").closes(forced_close);
}

TEST_CASE("close waits 30 s for that GET") {
    auto session = polling_session();
    session.after(20s).close().after(29'999ms).nothing_more().after(1ms).closes(forced_close);
}

TEST_CASE("close called again does not make that longer") {
    polling_session().close().after(29s).close().close(true).after(1s).closes(forced_close);
}

TEST_CASE("close lets messages leave first") {
    auto session = polling_session();
    session.sends({"a", "b"}).close().nothing_more();
    session.get().answers("4a 4b").get().answers("6 1").closes(forced_close);
}

TEST_CASE("close right behind a message: the GET there is carries the message") {
    auto session = polling_session();
    session.get().when("deliver x", [](session_script& s) {
        s.send({"a"});
        s.state().close(false, s.now());
    });
    session.says("4x").delivers("x").answers("4a").get().answers("6 1").closes(forced_close);
}

TEST_CASE("close that discards does not wait for messages, and counts them") {
    auto session = polling_session();
    session.sends({"a", "b"}).close(true).does("dropped 2 closed");
    session.get().answers("6 1").closes(forced_close);
}

TEST_CASE("a close that waits for messages can be turned into one that discards") {
    auto session = polling_session();
    session.sends("a").close().nothing_more().close(true).does("dropped 1 closed");
    session.get().answers("6 1").closes(forced_close);
}

TEST_CASE("what the time for closing leaves over is dropped") {
    polling_session().sends("a").close().after(30s).does("dropped 1 closed").closes(forced_close);
}

TEST_CASE("while closing nothing is sent, delivered or asked any more") {
    auto session = polling_session();
    session.after(20s).close().cannot_send("a").does("dropped 1 closed");
    session.says("4a").says("3").says("2").after(29s).nothing_more();
}

TEST_CASE("while closing the peer may still close") {
    polling_session().close().says("1").closes(transport_close);
}

TEST_CASE("while closing the peer may still break the rules") {
    polling_session().close().post().post(false).does("abort POST").closes(transport_error);
}

TEST_CASE("close while upgrading: the waiting GET is told, and the probe is closed") {
    auto session = polling_session();
    session.get();
    probe(session);
    session.close().answers("1").does("close probe").closes(forced_close);
}

TEST_CASE("close while upgrading, then the upgrade: messages and the end go over the WebSocket") {
    auto session = polling_session();
    probe(session);
    session.sends("a").close().nothing_more();
    session.probe_says("5").does("promote").writes("4a").closes_websocket(forced_close);
}

TEST_CASE("close while upgrading does not outlast the upgrade's time") {
    auto session = polling_session();
    probe(session);
    session.close().after(10s).does("close probe").after(20s).closes(forced_close);
}

TEST_CASE("abandon ends a session at once, in whatever state") {
    polling_session().sends("a").abandon().does("dropped 1 closed").closes(forced_close);
    polling_session().get().abandon().answers("1").closes(forced_close);
    polling_session().close().abandon().closes(forced_close);
    websocket_session().abandon().closes_websocket(forced_close);
}

} // namespace
} // namespace sockeye::engineio
