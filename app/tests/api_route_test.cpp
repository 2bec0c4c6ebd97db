#include "server/http/api_route.hpp"
#include "server/http/openapi.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::app {

namespace {

using socketio::object;
using socketio::value;

std::string refusal(const auto& act) {
    try {
        act();
    } catch (const service_error& error) {
        return error.code + ": " + error.what();
    }
    return "";
}

const std::vector<api_field> fields = {
    {.name = "event", .required = true},          {.name = "count", .kind = api_kind::integer},
    {.name = "all", .kind = api_kind::boolean},   {.name = "rooms", .kind = api_kind::texts},
    {.name = "data", .kind = api_kind::anything},
};

std::string refused_body(std::string_view body) {
    return refusal([&] { checked_body(fields, body); });
}

} // namespace

TEST_CASE("api path: a parameter is one segment, decoded") {
    const auto parameter = [](std::string_view path) {
        api_call call;
        return match_path("/api/rooms/{roomId}", path, call) ? call.path["roomId"] : "no";
    };
    CHECK(parameter("/api/rooms/x") == "x");
    CHECK(parameter("/api/rooms/a%20b+c%2Fd") == "a b+c/d");
    CHECK(parameter("/api/rooms/a%26b") == "a&b");
    CHECK(parameter("/api/rooms/") == "no");
    CHECK(parameter("/api/rooms") == "no");
    CHECK(parameter("/api/rooms/x/y") == "no");
    CHECK(parameter("/api/room/x") == "no");
    CHECK(parameter("/api/rooms/a&b") == "no");
    api_call call;
    CHECK(match_path("/healthz", "/healthz", call));
    CHECK_FALSE(match_path("/healthz", "/healthz/", call));
    CHECK_FALSE(match_path("/healthz", "", call));
}

TEST_CASE("api body: what does not fit is named, with what is expected") {
    CHECK(checked_body(fields, R"({"event":"e","count":3,"data":[null]})").size() == 3);
    CHECK(refused_body("{") == "BAD_REQUEST: the body is not JSON");
    CHECK(refused_body("") == "BAD_REQUEST: the body is not JSON");
    CHECK(refused_body("[1]") == "BAD_REQUEST: the body must be a JSON object");
    CHECK(refused_body("{}") == "BAD_REQUEST: 'event' is missing");
    CHECK(refused_body(R"({"event":1})") == "BAD_REQUEST: 'event' must be a string");
    CHECK(refused_body(R"({"event":"e","count":"3"})") ==
          "BAD_REQUEST: 'count' must be an integer");
    CHECK(refused_body(R"({"event":"e","all":1})") == "BAD_REQUEST: 'all' must be true or false");
    CHECK(refused_body(R"({"event":"e","rooms":["a",1]})") ==
          "BAD_REQUEST: 'rooms' must be an array of strings");
    CHECK(refused_body(R"({"event":"e","evnet":1})") == "BAD_REQUEST: 'evnet' is not known here");
    CHECK(refused_body(std::string(100'000, '[')) == "BAD_REQUEST: the body is not JSON");
}

TEST_CASE("api query: texts become what the parameter is") {
    const auto query = checked_query(fields, "event=e&count=12&all=true");
    CHECK(*query.find("count") == value(12));
    CHECK(*query.find("all") == value(true));
    CHECK(refusal([] { checked_query(fields, "event=e&count=12x"); }) ==
          "BAD_REQUEST: 'count' must be an integer");
    CHECK(refusal([] { checked_query(fields, "event=e&x=1"); }) ==
          "BAD_REQUEST: 'x' is not known here");
}

TEST_CASE("api errors: each code has its status") {
    CHECK(http_status("BAD_REQUEST") == 400);
    CHECK(http_status("UNAUTHENTICATED") == 401);
    CHECK(http_status("ROOM_NOT_FOUND") == 404);
    CHECK(http_status("SESSION_ENDED") == 409);
    CHECK(http_status("RATE_LIMITED") == 429);
    CHECK(http_status("UNAVAILABLE") == 503);
}

TEST_CASE("api description: says what is checked") {
    const object all = describe(
        {{.method = "POST", .path = "/api/rooms/{roomId}/x", .summary = "Does x", .body = fields}});
    const value* operation = all.find("paths")->find("/api/rooms/{roomId}/x")->find("post");
    REQUIRE(operation);
    CHECK(*operation->find("parameters")->as_array().at(0).find("name") == value("roomId"));
    const value* schema =
        operation->find("requestBody")->find("content")->find("application/json")->find("schema");
    CHECK(*schema->find("required") == value(socketio::array{"event"}));
    CHECK(*schema->find("properties")->find("count")->find("type") == value("integer"));
    CHECK(*schema->find("additionalProperties") == value(false));
}

} // namespace sockeye::app
