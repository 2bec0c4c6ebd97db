#include "state/request_rules.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace sockeye::engineio {
namespace {

// As applications see it: "3 TRANSPORT_MISMATCH polling", "" where the request may pass.
std::string told(const std::optional<refusal>& why) {
    if (!why) return "";
    std::string text = std::to_string(static_cast<int>(why->code));
    if (!why->check.empty()) text += ' ' + std::string(why->check);
    if (!why->detail.empty()) text += ' ' + why->detail;
    return text;
}

http_request with_origin(std::string_view origin) {
    const http_field field{"Origin", origin};
    return {"GET", "/engine.io/", 11, {&field, 1}};
}

TEST_CASE("a query is read: transport, session, form of answers, revision") {
    const engine_query query("EIO=4&transport=polling&sid=a%2Fb&b64=1&j=7&t=x");
    CHECK(query.transport == "polling");
    CHECK(query.sid == "a/b");
    CHECK(query.base64_only);
    CHECK(query.jsonp == "7");
    CHECK(query.revision == protocol::v4);
}

TEST_CASE("what a query leaves out or empty is not there") {
    for (const char* text : {"", "b64=&j=&sid=&transport="}) {
        const engine_query query(text);
        CHECK(query.transport.empty());
        CHECK(query.sid.empty());
        CHECK_FALSE(query.base64_only);
        CHECK_FALSE(query.jsonp);
    }
}

TEST_CASE("only EIO=4 is version 4") {
    for (const char* text : {"", "EIO", "EIO=", "EIO=3", "EIO=5", "EIO=44", "EIO=abc", "eio=4"})
        CHECK(engine_query(text).revision == protocol::v3);
    CHECK(engine_query("EIO=3&EIO=4").revision == protocol::v4);
}

TEST_CASE("a prefix of the path decides, with its slash") {
    const server_options options;
    for (const char* path : {"/engine.io/", "/engine.io/more", "/engine.io//"})
        CHECK(path_matches(options, path));
    for (const char* path : {"/engine.io", "/engine.ioo/", "/Engine.io/", "/", "", "/x/engine.io/"})
        CHECK_FALSE(path_matches(options, path));
}

TEST_CASE("the configured path may end in a slash, and need not ask for one") {
    CHECK(path_matches({.path = "/a/"}, "/a/"));
    CHECK_FALSE(path_matches({.path = "/a/"}, "/a"));
    CHECK(path_matches({.path = "/a", .add_trailing_slash = false}, "/a"));
    CHECK(path_matches({.path = "/a", .add_trailing_slash = false}, "/a/"));
    CHECK(path_matches({.path = "/"}, "/anything"));
}

TEST_CASE("the transport must be known and switched on") {
    const http_request request;
    const auto check = [&](const char* query, const server_options& options = {}) {
        return told(check_transport(options, engine_query(query), request));
    };
    CHECK(check("transport=polling").empty());
    CHECK(check("transport=websocket").empty());
    CHECK(check("") == "0");
    CHECK(check("transport=abc") == "0 abc");
    CHECK(check("transport=webtransport") == "0 webtransport");
    CHECK(check("transport=polling", {.polling = false}) == "0 polling");
    CHECK(check("transport=websocket", {.websocket = false}) == "0 websocket");
}

TEST_CASE("an origin with control characters is refused") {
    const engine_query query("transport=polling");
    for (const char* origin : {"http://a\x01", "\x1f", "\x7f", "a\tb"})
        CHECK(told(check_transport({}, query, with_origin(origin))) == "3 INVALID_ORIGIN");
    for (const char* origin : {"", "http://a", "http://\xc3\xa9", "\x80"})
        CHECK(told(check_transport({}, query, with_origin(origin))).empty());
}

struct session_case {
    const char* query;
    bool upgrade;
    session_facts session;
    const char* expected;
};

TEST_CASE("a request for a session must fit the session") {
    constexpr session_facts polling{protocol::v4, transport_kind::polling};
    constexpr session_facts websocket{protocol::v4, transport_kind::websocket};
    constexpr session_facts older{protocol::v3, transport_kind::polling};
    const std::vector<session_case> cases{
        {"EIO=4&transport=polling", false, polling, ""},
        {"EIO=4&transport=websocket", true, polling, ""},
        {"transport=polling", false, older, ""},
        {"EIO=4&transport=polling", false, websocket, "3 TRANSPORT_MISMATCH polling"},
        {"EIO=4&transport=websocket", false, polling, "3 TRANSPORT_MISMATCH websocket"},
        {"EIO=4&transport=polling", true, polling, "3 TRANSPORT_MISMATCH polling"},
        {"EIO=3&transport=polling", false, polling, "3 PROTOCOL_MISMATCH"},
        {"EIO=4&transport=polling", false, older, "3 PROTOCOL_MISMATCH"},
        {"transport=websocket", true, polling, "3 PROTOCOL_MISMATCH"},
        {"EIO=4&transport=websocket", true, websocket, ""}, // told by closing it
    };
    for (const session_case& c : cases) {
        CAPTURE(c.query);
        CAPTURE(c.upgrade);
        CHECK(told(check_session(engine_query(c.query), c.upgrade, &c.session)) == c.expected);
    }
    CHECK(told(check_session(engine_query("sid=x"), false, nullptr)) == "1");
}

TEST_CASE("a handshake is a GET, and an upgrade exactly for a WebSocket") {
    const engine_query polling("transport=polling"), websocket("transport=websocket");
    CHECK(told(check_handshake(polling, false, "GET")).empty());
    CHECK(told(check_handshake(websocket, true, "GET")).empty());
    for (const char* method : {"POST", "PUT", "HEAD", "get"})
        CHECK(told(check_handshake(polling, false, method)) == std::string("2 ") + method);
    CHECK(told(check_handshake(polling, true, "GET")) == "3 TRANSPORT_HANDSHAKE_ERROR");
    CHECK(told(check_handshake(websocket, false, "GET")) == "3 TRANSPORT_HANDSHAKE_ERROR");
}

TEST_CASE("version 3 must be allowed") {
    CHECK(told(check_revision({}, engine_query(""))) == "5 3");
    CHECK(told(check_revision({.allow_eio3 = true}, engine_query(""))).empty());
    CHECK(told(check_revision({}, engine_query("EIO=4"))).empty());
}

TEST_CASE("the open packet has exactly the five members that clients compare") {
    CHECK(open_packet({}, "abc", transport_kind::polling) ==
          R"({"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,)"
          R"("maxPayload":1000000})");
}

TEST_CASE("an upgrade is only offered where it can be had") {
    const auto offers = [](const server_options& options, transport_kind transport) {
        return open_packet(options, "a", transport).find("[\"websocket\"]") != std::string::npos;
    };
    CHECK(offers({}, transport_kind::polling));
    CHECK_FALSE(offers({}, transport_kind::websocket));
    CHECK_FALSE(offers({.websocket = false}, transport_kind::polling));
    CHECK_FALSE(offers({.allow_upgrades = false}, transport_kind::polling));
}

TEST_CASE("an id of the application's making stays a JSON string") {
    CHECK(open_packet({}, "a\"\\\n\x1f", transport_kind::websocket)
              .starts_with(R"({"sid":"a\"\\\u000a\u001f","upgrades":[])"));
}

TEST_CASE("a refusal says its code and sentence, or what the application said") {
    CHECK(refusal_json({request_error::session_unknown, {}}) ==
          R"({"code":1,"message":"Session ID unknown"})");
    CHECK(refusal_json({request_error::forbidden, "not \"you\""}) ==
          R"({"code":4,"message":"not \"you\""})");
}

} // namespace
} // namespace sockeye::engineio
