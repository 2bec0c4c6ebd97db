#include "session_script.hpp"

namespace sockeye::engineio {
namespace {

using enum close_reason;

TEST_CASE("a GET waits for something to carry, and carries all there is") {
    polling_session().get().after(24s).nothing_more().sends({"a", "b"}).answers("4a 4b");
}

TEST_CASE("what is sent meanwhile waits for the next GET") {
    auto session = polling_session();
    session.sends("a").sends("b").nothing_more();
    CHECK(session.state().waiting_packets() == 2);
    CHECK(session.state().waiting_bytes() == 2);
    session.get().answers("4a 4b").get().nothing_more();
    CHECK(session.state().waiting_packets() == 0);
}

TEST_CASE("an initial message travels with the open packet") {
    polling_session({.initial_packet = "hello"}).get().nothing_more();
    websocket_session({.initial_packet = "hello"}).nothing_more();
}

TEST_CASE("a second GET ends the session") {
    auto session = polling_session();
    session.get().get(false).answers("1").closes(transport_error);
    CHECK(session.detail() == "overlap from client");
}

TEST_CASE("a second POST ends the session, and the first is cut") {
    auto session = polling_session();
    session.get().post().post(false).does("abort POST").answers("1").closes(transport_error);
    CHECK(session.detail() == "data request overlap from client");
}

TEST_CASE("POSTs that follow each other are welcome") {
    polling_session().post().post_ends().post().post_ends().nothing_more();
}

TEST_CASE("a lost GET or POST ends the session") {
    auto session = polling_session();
    SUBCASE("GET") {
        session.get().get_lost().closes(transport_error);
        CHECK(session.detail() == "poll connection closed prematurely");
    }
    SUBCASE("POST") {
        session.get().post().post_lost().answers("1").closes(transport_error);
        CHECK(session.detail() == "data request connection closed prematurely");
    }
}

TEST_CASE("a lost GET takes no answer: what waited for it is dropped") {
    auto session = polling_session();
    session.when("deliver a", [](session_script& s) { s.send({"b"}); });
    session.says("4a").delivers("a").nothing_more();
    session.post().post_lost().does("dropped 1 closed").closes(transport_error);
}

TEST_CASE("a broken rule ends the session, and a waiting GET is told") {
    auto session = polling_session();
    session.get().breaks("invalid content").answers("1").closes(transport_error);
    CHECK(session.detail() == "invalid content");
}

TEST_CASE("a close packet is answered with a noop") {
    auto session = polling_session();
    session.get().says("1").answers("6").closes(transport_close);
    CHECK(session.state().status() == session_status::closed);
}

TEST_CASE("a close packet without a GET just ends the session") {
    polling_session().says("1").closes(transport_close);
    websocket_session().says("1").closes_websocket(transport_close);
}

TEST_CASE("an answer given just before the close packet still finds its GET") {
    auto session = polling_session();
    session.get().when("deliver a", [](session_script& s) {
        s.send({"b"});
        s.state().on_packet(transport_kind::polling, {.type = packet_type::close, .data = {}},
                            s.now());
    });
    session.says("4a").delivers("a").answers("4b").closes(transport_close);
}

TEST_CASE("nothing is delivered once the session has ended") {
    polling_session().says("1").closes(transport_close).says("4a").says("1").nothing_more();
}

TEST_CASE("what cannot be decoded ends the session") {
    polling_session().get().says("abc").answers("1").closes(parse_error);
    websocket_session().says("").closes_websocket(parse_error);
}

TEST_CASE("open, upgrade and noop packets mean nothing within a session") {
    for (const char* packet : {"0", "5", "6", "6x"})
        websocket_session().says(packet).nothing_more();
}

TEST_CASE("messages keep their kind") {
    websocket_session().says("4text").delivers("text").says("bAQID").does("deliver binary \1\2\3");
}

TEST_CASE("packets over a transport that the session does not use are ignored") {
    websocket_session().says("4a", transport_kind::polling).says("1", transport_kind::polling);
    polling_session().says("4a", transport_kind::websocket).nothing_more();
}

TEST_CASE("a lost WebSocket ends its session, for the reason it had") {
    for (const close_reason why : {transport_close, transport_error})
        websocket_session().websocket_lost(why).closes_websocket(why);
}

TEST_CASE("an ended session takes what still arrives without a word") {
    auto session = polling_session();
    session.get().post().abandon().answers("1").closes(forced_close);
    session.post_ends().post_lost().get_lost().probe_lost().websocket_lost().says("x");
    session.breaks("rule").attaches(false).close().close(true).abandon().after(60s);
}

} // namespace
} // namespace sockeye::engineio
