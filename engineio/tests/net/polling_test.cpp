// A session over long-polling: exchange of messages, and every way it can end.

#include "polling_client.hpp"

namespace sockeye::engineio {
namespace {

using testing::request;

const std::string unknown_sid = R"({"code":1,"message":"Session ID unknown"})";

TEST_CASE("a posted message is heard, answered with ok, and its echo waits for a GET") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    const auto posted = client.post("4hello");
    CHECK(posted.head.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(posted.header("Content-Type") == "text/html");
    CHECK(posted.header("Content-Length") == "2");
    CHECK(posted.header("cache-control") == "no-store");
    CHECK(posted.body == "ok");
    CHECK(fixture.handler.count("message hello") == 1);
    const auto polled = client.get();
    CHECK(polled.status == 200);
    CHECK(polled.header("Content-Type") == "text/plain; charset=UTF-8");
    CHECK(polled.header("cache-control") == "no-store");
    CHECK(polled.body == "4hello");
}

TEST_CASE("several packets in one POST are all echoed in one GET, in order") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    CHECK(client
              .post("4test1\x1e"
                    "4test2\x1e"
                    "4test3")
              .body == "ok");
    CHECK(client.get().body == "4test1\x1e"
                               "4test2\x1e"
                               "4test3");
}

TEST_CASE("binary travels as base64 without a type") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    CHECK(client
              .post("4hello\x1e"
                    "bAQIDBA==")
              .body == "ok");
    CHECK(fixture.handler.count("binary \x01\x02\x03\x04") == 1);
    CHECK(client.get().body == "4hello\x1e"
                               "bAQIDBA==");
}

TEST_CASE("text beyond ASCII arrives and returns as it is") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    CHECK(client.post("4пойду спать €€€ 😀").body == "ok");
    CHECK(client.get().body == "4пойду спать €€€ 😀");
}

TEST_CASE("a GET waits until there is something to say") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    auto waiting = client.waiting_get();
    CHECK(waiting.silent_for(20ms));
    fixture.with_session(client.sid, [](session& s) {
        CHECK(s.writable());
        s.send("one");
        s.send("two");
    });
    CHECK(waiting.read_answer().body == "4one\x1e"
                                        "4two");
    CHECK(client.post("4x").body == "ok"); // and the session is still there
}

TEST_CASE("everything goes over one kept connection too") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    auto kept = fixture.connect();
    for (const std::string text : {"4a", "4b", "4c"}) {
        CHECK(kept.ask(request("POST", client.target(), text)).body == "ok");
        CHECK(kept.ask(request("GET", client.target())).body == text);
    }
    CHECK(fixture.http.counters().connections_accepted == 2);
}

TEST_CASE("messages know the POST that brought them") {
    server_fixture fixture;
    fixture.handler.received = [](session& s, std::string_view, bool) {
        s.send(s.message_request() ? s.message_request()->header("cookie") : "none");
    };
    fixture.start();
    const polling_client client(fixture);
    CHECK(fixture.ask(request("POST", client.target(), "4x", "Cookie: 1=1; 2=2\r\n")).body == "ok");
    CHECK(client.get().body == "41=1; 2=2");
}

TEST_CASE("the session keeps the request that opened it") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture, "EIO=4&transport=polling&token=a", "X-Mine: 1\r\n");
    CHECK(client.post("4x").body == "ok");
    fixture.with_session(client.sid, [&](session& s) {
        CHECK(s.request().target() == "/engine.io/?EIO=4&transport=polling&token=a");
        CHECK(s.request().header("x-mine") == "1");
        CHECK(s.remote_address() == "127.0.0.1");
        CHECK(s.revision() == protocol::v4);
        CHECK(s.transport() == transport_kind::polling);
        CHECK_FALSE(s.upgraded());
        CHECK_FALSE(s.secure());
        CHECK(s.redacted_id().find(s.id()) == std::string::npos);
    });
}

// ---- overlaps

TEST_CASE("a second GET ends the session: it gets 400, the first gets a close packet") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    auto first = client.waiting_get();
    const auto second = client.get();
    CHECK(second.status == 400);
    CHECK(second.body.empty());
    const auto answer = first.read_answer();
    CHECK(answer.status == 200);
    CHECK(answer.body == "1");
    fixture.handler.await("close transport error");
    CHECK(fixture.handler.last_detail() == "overlap from client");
    CHECK(client.get().body == unknown_sid);
}

TEST_CASE("a second POST ends the session: it gets 400, the first loses its connection") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    auto waiting = client.waiting_get();
    auto first = fixture.connect();
    const std::string whole = request("POST", client.target(), "4hello");
    first.send(whole.substr(0, whole.size() - 1));
    REQUIRE(becomes_true([&] { return fixture.http.counters().requests == 3; }));
    const auto second = client.post("4x");
    CHECK(second.status == 400);
    CHECK(second.body.empty());
    CHECK(first.read_until_close().empty());
    CHECK(waiting.read_answer().body == "1");
    fixture.handler.await("close transport error");
    CHECK(fixture.handler.last_detail() == "data request overlap from client");
    CHECK(fixture.handler.count("message x") == 0);
}

// ---- clients that go away

TEST_CASE("an aborted GET ends the session") {
    server_fixture fixture;
    fixture.start();
    for (const bool reset : {false, true}) {
        CAPTURE(reset);
        const polling_client client(fixture);
        auto waiting = client.waiting_get();
        reset ? waiting.reset() : waiting.close();
        fixture.handler.await("close transport error", reset ? 2 : 1);
        CHECK(fixture.handler.last_detail() == "poll connection closed prematurely");
        CHECK(client.get().body == unknown_sid);
    }
}

TEST_CASE("an aborted GET, and at once another: refused either way") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    client.waiting_get().close();
    CHECK(client.get().status == 400);
    fixture.handler.await("close transport error");
}

TEST_CASE("a half-sent POST whose connection ends, ends the session") {
    server_fixture fixture;
    fixture.start();
    for (const bool reset : {false, true}) {
        CAPTURE(reset);
        const polling_client client(fixture);
        auto waiting = client.waiting_get();
        auto post = fixture.connect();
        const auto requests = fixture.http.counters().requests;
        std::string half = request("POST", client.target(), "4hello");
        half.pop_back();
        post.send(half);
        REQUIRE(becomes_true([&] { return fixture.http.counters().requests > requests; }));
        reset ? post.reset() : post.close();
        CHECK(waiting.read_answer().body == "1");
        fixture.handler.await("close transport error", reset ? 2 : 1);
        CHECK(fixture.handler.last_detail() == "data request connection closed prematurely");
    }
    CHECK(fixture.handler.count("message hello") == 0);
}

TEST_CASE("an idle connection that ends is nothing to the session") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    {
        auto idle = fixture.connect();
        CHECK(idle.ask(request("POST", client.target(), "4a")).body == "ok");
    }
    CHECK(client.get().body == "4a");
    CHECK(fixture.server.session_count() == 1);
}

// ---- what a client may not send

TEST_CASE("other methods get 500 and do the session no harm") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    for (const char* method : {"PUT", "DELETE", "PATCH", "OPTIONS"}) {
        const auto answer = fixture.ask(request(method, client.target()));
        CHECK_MESSAGE(answer.status == 500, method);
        CHECK(answer.body.empty());
    }
    auto head = fixture.connect();
    head.send(request("HEAD", client.target()));
    CHECK(head.read_answer(true).status == 500);
    CHECK(client.post("4x").body == "ok");
}

TEST_CASE("octet-stream is not a version 4 payload: answered, and the session's end") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    auto waiting = client.waiting_get();
    const auto answer = fixture.ask(
        request("POST", client.target(), "4x", "Content-Type: application/octet-stream\r\n"));
    CHECK(answer.status == 400);
    CHECK(answer.body.empty());
    CHECK(waiting.read_answer().body == "1");
    fixture.handler.await("close transport error");
    CHECK(fixture.handler.last_detail() == "invalid content");
    CHECK(fixture.handler.count("message x") == 0);
}

TEST_CASE("any other content type is text, octet-stream with a parameter too") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    for (const char* type : {"text/plain", "text/plain;charset=UTF-8", "application/json",
                             "application/octet-stream; charset=utf-8"})
        CHECK(fixture
                  .ask(request("POST", client.target(), "4x",
                               "Content-Type: " + std::string(type) + "\r\n"))
                  .body == "ok");
    CHECK(fixture.handler.count("message x") == 4);
}

TEST_CASE("what cannot be decoded is answered with ok and ends the session") {
    server_fixture fixture;
    fixture.start();
    std::size_t ended = 0;
    for (const std::string body : {"abc", "", "\x1e", "7", "4\xff"}) {
        CAPTURE(body);
        const polling_client client(fixture);
        auto waiting = client.waiting_get();
        CHECK(client.post(body).body == "ok");
        CHECK(waiting.read_answer().body.ends_with("1"));
        fixture.handler.await("close parse error", ++ended);
        CHECK(client.get().body == unknown_sid);
    }
    CHECK(fixture.http.counters().closed_by[std::size_t(close_reason::parse_error)] == ended);
}

TEST_CASE("one packet more than a payload may have ends the session, the limit does not") {
    server_fixture fixture({.max_packets_per_payload = 3});
    fixture.start();
    const polling_client client(fixture);
    CHECK(client
              .post("4a\x1e"
                    "4b\x1e"
                    "4c")
              .body == "ok");
    CHECK(client.get().body == "4a\x1e"
                               "4b\x1e"
                               "4c");
    CHECK(client
              .post("4a\x1e"
                    "4b\x1e"
                    "4c\x1e"
                    "4d")
              .body == "ok");
    fixture.handler.await("close parse error");
    CHECK(fixture.handler.count("message d") == 0);
}

TEST_CASE("a heartbeat in the wrong direction ends the session") {
    server_fixture fixture({.allow_eio3 = true});
    fixture.start();
    const polling_client v4(fixture);
    CHECK(v4.post("2").body == "ok");
    fixture.handler.await("close transport error");
    CHECK(fixture.handler.last_detail() == "invalid heartbeat direction");
    const polling_client v3(fixture, "EIO=3&transport=polling");
    CHECK(v3.post("1:3").body == "ok");
    fixture.handler.await("close transport error", 2);
}

// ---- sizes

TEST_CASE("a body of exactly the limit is taken; one byte more gets 413 and the session lives on") {
    server_fixture fixture({.max_payload = 100});
    fixture.start();
    const polling_client client(fixture);
    const std::string most = "4" + std::string(99, 'x');
    CHECK(client.post(most).body == "ok");
    CHECK(client.get().body == most);
    auto waiting = client.waiting_get();
    auto post = fixture.connect();
    const auto refused = post.ask(request("POST", client.target(), most + "x"));
    CHECK(refused.status == 413);
    CHECK(refused.body.empty());
    CHECK(waiting.silent_for(20ms));
    CHECK(post.ask(request("POST", client.target(), "4y")).body == "ok"); // the same connection
    CHECK(waiting.read_answer().body == "4y");
    CHECK(fixture.http.counters().requests_oversized == 1);
}

TEST_CASE("too long a body is refused from its announcement, before it comes") {
    server_fixture fixture({.max_payload = 100});
    fixture.start();
    const polling_client client(fixture);
    auto post = fixture.connect();
    post.send("POST " + client.target() +
              " HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n");
    const auto refused = post.read_answer();
    CHECK(refused.status == 413);
    CHECK(refused.header("Connection") == "close");
    CHECK(post.read_until_close().empty());
    CHECK(client.post("4x").body == "ok");
}

TEST_CASE("a body in chunks is a body; its limit is the same") {
    server_fixture fixture({.max_payload = 10});
    fixture.start();
    const polling_client client(fixture);
    const std::string head =
        "POST " + client.target() + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    CHECK(fixture.ask(head + "4\r\n4hel\r\n6;a=b\r\nlo you\r\n0\r\nTrailer: x\r\n\r\n").body ==
          "ok");
    CHECK(client.get().body == "4hello you");
    CHECK(fixture.ask(head + "4\r\n4hel\r\n7\r\nlo you!\r\n0\r\n\r\n").status == 413);
    CHECK(client.post("4x").body == "ok");
}

TEST_CASE("a body that comes byte by byte is one body") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture);
    auto post = fixture.connect();
    for (const char c : request("POST", client.target(),
                                "4hello\x1e"
                                "4you"))
        post.send({&c, 1});
    CHECK(post.read_answer().body == "ok");
    CHECK(client.get().body == "4hello\x1e"
                               "4you");
}

TEST_CASE("who expects 100-continue gets it before the body, or a refusal instead") {
    server_fixture fixture({.max_payload = 10});
    fixture.start();
    const polling_client client(fixture);
    const std::string expect = " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ";
    auto post = fixture.connect();
    post.send("POST " + client.target() + expect + "2\r\n\r\n");
    CHECK(post.read_through("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(post.ask("4x").body == "ok");
    CHECK(fixture.ask("POST " + client.target() + expect + "11\r\n\r\n").status == 413);
}

} // namespace
} // namespace sockeye::engineio
