#include "session_script.hpp"

namespace sockeye::engineio {
namespace {

using enum close_reason;

TEST_CASE("an upgrade: probe, answer, change over") {
    auto session = polling_session();
    session.attaches().nothing_more();
    CHECK(session.state().upgrading());
    session.probe_says("2probe").does("probe 3probe").does("upgrading");
    session.probe_says("5").does("promote").does("upgraded");
    CHECK(session.state().upgraded());
    CHECK_FALSE(session.state().upgrading());
    CHECK(session.state().transport() == transport_kind::websocket);
    session.says("4a").delivers("a").sends("b").writes("4b");
}

TEST_CASE("a WebSocket is turned away") {
    SUBCASE("while another tries") {
        polling_session().attaches().attaches(false);
    }
    SUBCASE("once upgraded") {
        auto session = polling_session();
        upgrade(session);
        session.attaches(false);
    }
    SUBCASE("where there was one from the start") {
        websocket_session().attaches(false);
    }
}

TEST_CASE("while probed, every 100 ms a noop releases the waiting GET") {
    auto session = polling_session();
    session.get();
    probe(session);
    session.after(99ms).nothing_more().after(1ms).answers("6");
    session.after(250ms).nothing_more().get().nothing_more();
    session.after(50ms).answers("6").get().after(100ms).answers("6");
}

TEST_CASE("a GET waits as ever until the probe has come") {
    polling_session().get().attaches().after(9s).nothing_more();
}

TEST_CASE("messages still take a waiting GET during the upgrade") {
    auto session = polling_session();
    session.get();
    probe(session);
    session.sends("a").answers("4a").after(100ms).nothing_more();
}

TEST_CASE("no noop takes the GET that a message is about to leave by") {
    auto session = polling_session();
    session.get();
    probe(session);
    session.when("deliver a", [](session_script& s) {
        s.send({"b"});
        s.state().on_deadline(s.now() + 100ms);
    });
    session.says("4a").delivers("a").answers("4b");
}

TEST_CASE("messages that found no GET go over the WebSocket, in order") {
    auto session = polling_session();
    probe(session);
    session.sends_group({"a", "b"}).sends("c").probe_says("5");
    session.does("promote").writes("4a").does("write +4b").writes("4c").does("upgraded");
    CHECK(session.state().waiting_packets() == 0);
}

TEST_CASE("a GET that still waits is told to go") {
    auto session = polling_session();
    session.get();
    probe(session);
    session.probe_says("5").answers("1").does("promote").does("upgraded");
}

TEST_CASE("the change over may come without a probe") {
    polling_session().attaches().probe_says("5").does("promote").does("upgraded");
}

TEST_CASE("an upgrade that takes too long is given up, not the session") {
    auto session = polling_session();
    SUBCASE("before the probe") {
        session.attaches().after(9'999ms).nothing_more().after(1ms).does("close probe");
    }
    SUBCASE("after it, which does not start the time anew") {
        session.attaches().after(9s).probe_says("2probe").does("probe 3probe").does("upgrading");
        session.after(999ms).nothing_more().after(1ms).does("close probe");
    }
    CHECK_FALSE(session.state().upgrading());
    session.get().sends("a").answers("4a").attaches();
}

TEST_CASE("any other packet ends the upgrade, not the session") {
    for (const char* packet : {"4a", "2", "2other", "3probe", "6", "1", "0"}) {
        auto session = polling_session();
        session.get().attaches().probe_says(packet).does("close probe");
        session.after(200ms).nothing_more().sends("a").answers("4a").attaches();
    }
}

TEST_CASE("a lost probe ends the upgrade, not the session") {
    auto session = polling_session();
    probe(session);
    session.get().probe_lost().after(200ms).nothing_more().sends("a").answers("4a").attaches();
    session.after(9s).nothing_more(); // the time of the first attempt has gone with it
}

TEST_CASE("a probe that is no more is not heard") {
    polling_session().probe_says("2probe").probe_says("5").probe_lost().nothing_more();
}

TEST_CASE("when the session ends, so does its probe") {
    auto session = polling_session();
    session.get();
    probe(session);
    session.says("1").answers("6").does("close probe").closes(transport_close);
}

TEST_CASE("a session that is not heard from ends in the middle of an upgrade") {
    auto session = polling_session({.upgrade_timeout = 60s});
    session.get().after(25s).answers("2").attaches().after(20s);
    session.does("close probe").closes(ping_timeout);
}

TEST_CASE("packets of polling are not heard after the upgrade") {
    auto session = polling_session();
    session.post();
    upgrade(session);
    session.says("4a", transport_kind::polling).post_ends().nothing_more();
}

TEST_CASE("a POST that breaks off after the upgrade still ends the session") {
    auto session = polling_session();
    session.post();
    upgrade(session);
    session.post_lost().closes_websocket(transport_error);
}

} // namespace
} // namespace sockeye::engineio
