#include "session_script.hpp"

namespace sockeye::engineio {
namespace {

using enum close_reason;

TEST_CASE("version 4: the server pings, and a silent peer is given up") {
    auto session = websocket_session();
    session.after(24'999ms).nothing_more().after(1ms).writes("2");
    session.after(19'999ms).nothing_more().after(1ms).closes_websocket(ping_timeout);
    CHECK(session.detail() == "no heartbeat");
}

TEST_CASE("version 4: a pong starts the next interval") {
    auto session = websocket_session();
    for (int round = 0; round < 3; ++round) {
        session.after(25s).writes("2");
        session.after(19s).nothing_more().says("3").does("heartbeat");
    }
    session.after(24'999ms).nothing_more().after(1ms).writes("2");
}

TEST_CASE("version 4: a pong nobody asked for counts as one") {
    websocket_session().after(10s).says("3").does("heartbeat").after(24s).nothing_more();
}

TEST_CASE("version 4: a peer that sends is given its time again, once per ping") {
    auto session = websocket_session();
    session.after(25s).writes("2").after(15s).says("4a").delivers("a");
    session.after(10s).says("4b").delivers("b");
    session.after(9'999ms).nothing_more().after(1ms).closes_websocket(ping_timeout);
}

TEST_CASE("version 4: each ping allows it anew") {
    auto session = websocket_session();
    for (int round = 0; round < 2; ++round) {
        session.after(25s).writes("2").after(19s).says("4a").delivers("a");
        session.after(19s).says("3").does("heartbeat");
    }
}

TEST_CASE("version 4: what came before the ping extends nothing") {
    auto session = websocket_session();
    session.after(24s).says("4a").delivers("a").after(1s).writes("2");
    session.after(19'999ms).nothing_more().after(1ms).closes_websocket(ping_timeout);
}

TEST_CASE("version 3: the client pings, is answered, and otherwise given up") {
    auto session = websocket_session({}, protocol::v3);
    session.after(44'999ms).says("2anything").writes("3").does("heartbeat");
    session.after(44'999ms).nothing_more().after(1ms).closes_websocket(ping_timeout);
}

TEST_CASE("version 3: messages are no heartbeat") {
    auto session = websocket_session({}, protocol::v3);
    session.after(44s).says("4a").delivers("a").after(1s).closes_websocket(ping_timeout);
}

TEST_CASE("a heartbeat in the wrong direction ends the session") {
    for (const auto& [revision, packet] :
         {std::pair{protocol::v4, "2"}, std::pair{protocol::v3, "3"}}) {
        auto session = websocket_session({}, revision);
        session.says(packet).closes_websocket(transport_error);
        CHECK(session.detail() == "invalid heartbeat direction");
    }
}

TEST_CASE("a late timer does not make the peer's time longer") {
    auto session = websocket_session();
    session.stalls(25'900ms).writes("2");
    session.after(19'099ms).nothing_more().after(1ms).closes_websocket(ping_timeout);
}

TEST_CASE("after a stall of a second peers get their whole time") {
    auto session = websocket_session();
    session.stalls(26s).writes("2");
    session.after(19'999ms).nothing_more().after(1ms).closes_websocket(ping_timeout);
}

TEST_CASE("a stall longer than a short time-out does not end it before the peer was asked") {
    auto session = websocket_session({.ping_interval = 300ms, .ping_timeout = 200ms});
    session.stalls(500ms).writes("2");
    session.after(199ms).nothing_more().after(1ms).closes_websocket(ping_timeout);
}

TEST_CASE("a timer that fires too early changes nothing") {
    auto session = websocket_session();
    session.after(10s);
    session.state().on_deadline(session.now());
    session.nothing_more().after(14'999ms).nothing_more().after(1ms).writes("2");
}

TEST_CASE("over polling a ping waits for its GET, and its time runs") {
    auto session = polling_session();
    session.after(30s).nothing_more().get().answers("2");
    session.after(14'999ms).nothing_more().after(1ms).closes(ping_timeout);
}

TEST_CASE("over polling the waiting GET carries the ping, the next one the end") {
    polling_session().get().after(25s).answers("2").get().after(20s).answers("1").closes(
        ping_timeout);
}

TEST_CASE("the heartbeat survives the upgrade") {
    SUBCASE("when none is due") {
        auto session = polling_session();
        session.after(5s);
        upgrade(session);
        session.after(20s).writes("2").after(20s).closes_websocket(ping_timeout);
    }
    SUBCASE("when a ping is out") {
        auto session = polling_session();
        session.get().after(25s).answers("2");
        upgrade(session);
        session.after(20s).closes_websocket(ping_timeout);
    }
    SUBCASE("in version 3") {
        auto session = polling_session({}, protocol::v3);
        upgrade(session);
        session.after(44'999ms).nothing_more().after(1ms).closes_websocket(ping_timeout);
    }
}

} // namespace
} // namespace sockeye::engineio
