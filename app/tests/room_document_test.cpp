#include "codec/json.hpp"
#include "rooms/room_document.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::app {

namespace {

using socketio::object;
using socketio::value;
using namespace std::chrono_literals;

value json(std::string_view text) {
    value read;
    REQUIRE(socketio::parse_json(text, {}, read));
    return read;
}

std::string code_of(const std::function<void()>& fails) {
    try {
        fails();
    } catch (const service_error& told) {
        return told.code;
    }
    return "none";
}

std::string refusal_of(std::string_view text) {
    try {
        room_document::parse("r", text, {});
    } catch (const service_error& told) {
        CHECK(told.code == "INTERNAL");
        return told.what();
    }
    return {};
}

} // namespace

TEST_CASE("room document: is what the documentation says") {
    room_document room("r", sharing_mode::one, 5ms);
    CHECK(room.add("alice", value(object{{"name", "Al"}}), 6ms, {}));
    CHECK(room.add("bob", {}, 7ms, {}));
    CHECK(room.set_sharing("bob", true));
    room.stamp(8ms);
    CHECK(room.text() ==
          R"({"roomId":"r","participants":[)"
          R"({"userId":"alice","joinedAt":6,"metadata":{"name":"Al"},"sharing":false},)"
          R"({"userId":"bob","joinedAt":7,"metadata":{},"sharing":true}],)"
          R"("sharing":["bob"],"mode":"one","createdAt":5,"updatedAt":8})");
    CHECK(room_document::parse("r", room.text(), {}).text() == room.text());
}

TEST_CASE("room document: what changes nothing is no change") {
    room_document room("r", sharing_mode::one, 0ms);
    CHECK(room.add("alice", value(object{{"a", 1}}), 1ms, {}));
    CHECK_FALSE(room.add("alice", {}, 2ms, {}));
    CHECK_FALSE(room.add("alice", value(object{{"a", 1}}), 2ms, {}));
    CHECK(room.add("alice", value(object{{"a", 2}}), 2ms, {}));
    CHECK_FALSE(room.set_sharing("alice", false));
    CHECK_FALSE(room.set_mode(sharing_mode::one));
    CHECK_FALSE(room.remove("bob"));
    CHECK(room.remove("alice"));
    CHECK_FALSE(room.remove("alice"));
    CHECK(room.count_participants() == 0);
}

TEST_CASE("room document: one at a time may share, or many, as the room says") {
    room_document room("r", sharing_mode::one, 0ms);
    for (const std::string user : {"alice", "bob"})
        room.add(user, {}, 0ms, {});
    CHECK(room.set_sharing("alice", true));
    CHECK_FALSE(room.set_sharing("alice", true));
    CHECK(code_of([&] { room.set_sharing("bob", true); }) == "ALREADY_SHARED");
    CHECK(code_of([&] { room.set_sharing("carol", true); }) == "FORBIDDEN");
    CHECK(room.set_mode(sharing_mode::many));
    CHECK(room.set_sharing("bob", true));
    CHECK(room.count_sharing() == 2);
    CHECK(room.set_mode(sharing_mode::one));
    CHECK(room.count_sharing() == 2);
    CHECK(room.set_sharing("alice", false));
    CHECK(code_of([&] { room.set_sharing("alice", true); }) == "ALREADY_SHARED");
    CHECK(room.remove("bob"));
    CHECK(room.set_sharing("alice", true));
}

TEST_CASE("room document: what others have written is kept") {
    auto room = room_document::parse("r", R"({"title":"Talk","big":12345678901234567,"half":0.5,
        "participants":[{"userId":"alice","joinedAt":"2024-01-01T00:00:00Z","hand":"up"}]})",
                                     {});
    CHECK(room.add("bob", {}, 7ms, {}));
    CHECK(room.set_sharing("alice", true));
    room.stamp(9ms);
    CHECK(value(room.content()) == json(R"({"title":"Talk","big":12345678901234567,"half":0.5,
        "participants":[
            {"userId":"alice","joinedAt":"2024-01-01T00:00:00Z","hand":"up","sharing":true},
            {"userId":"bob","joinedAt":7,"metadata":{},"sharing":false}],
        "roomId":"r","sharing":["alice"],"updatedAt":9})"));
}

TEST_CASE("room document: the time of the last change always grows") {
    room_document room("r", sharing_mode::one, 100ms);
    const auto updated = [&] { return room.content().find("updatedAt")->as_int64(); };
    room.stamp(200ms);
    CHECK(updated() == 200);
    room.stamp(150ms); // by the clock of another instance
    CHECK(updated() == 201);
    auto odd = room_document::parse("r", R"({"updatedAt":9223372036854775807})", {});
    odd.stamp(5ms);
    CHECK(odd.content().find("updatedAt")->as_int64() == 5);
}

TEST_CASE("room document: what is no room is refused with a reason") {
    CHECK(refusal_of("{") == "what is kept of the room 'r' is no room: it is not JSON");
    CHECK(refusal_of("").ends_with("it is not JSON"));
    CHECK(refusal_of("[]").ends_with("it is no object"));
    CHECK(refusal_of("null").ends_with("it is no object"));
    CHECK(refusal_of(R"({"participants":{}})").ends_with("its participants are no array"));
    CHECK(refusal_of(R"({"participants":["alice"]})").ends_with("a participant has no userId"));
    CHECK(refusal_of(R"({"participants":[{"userId":7}]})").ends_with("has no userId"));
    CHECK(refusal_of(std::string(300, '[')).ends_with("it is not JSON"));
    CHECK(refusal_of(std::string(3'000'000, ' ')).ends_with("it is too large"));
    CHECK(refusal_of(R"({"participants":null,"sharing":7,"mode":[],"updatedAt":"x"})").empty());
    CHECK(refusal_of("{}").empty());
}

TEST_CASE("room document: what is within the limits can be read again, what is beyond is refused") {
    const rooms_options limits{.max_participants = 3, .max_metadata_bytes = 500};
    room_document room("r", sharing_mode::many, 0ms);
    value deep;
    for (int i = 0; i < 99; ++i)
        deep = socketio::array{std::move(deep)};
    for (const std::string user : {"a", "b", "c"}) {
        room.add(user, checked_metadata(deep, limits), 0ms, limits);
        room.set_sharing(user, true);
    }
    CHECK(room_document::parse("r", room.text(), limits).count_participants() == 3);
    CHECK(code_of([&] { room.add("d", {}, 0ms, limits); }) == "ROOM_FULL");
    CHECK(code_of([&] { checked_metadata(std::string(499, 'x'), limits); }) == "BAD_REQUEST");
    deep = socketio::array{socketio::array{std::move(deep)}};
    CHECK(code_of([&] { checked_metadata(deep, limits); }) == "BAD_REQUEST");
}

TEST_CASE("room document: has a limit in bytes, which leaves room to who is in") {
    const rooms_options limits{.max_document_bytes = 10'000};
    room_document room("r", sharing_mode::many, 0ms);
    const value metadata(std::string(1000, 'x'));
    std::string refused = "none";
    for (int i = 0; i < 20 && refused == "none"; ++i)
        refused = code_of([&] { room.add("user" + std::to_string(i), metadata, 0ms, limits); });
    CHECK(refused == "ROOM_FULL");
    CHECK(room.text().size() <= limits.max_document_bytes);
    CHECK(room.add("user0", value(std::string(900, 'y')), 0ms, limits));
    CHECK(code_of([&] { room.add("user1", value(std::string(4000, 'y')), 0ms, limits); }) ==
          "ROOM_FULL");
    CHECK(room.remove("user1"));
    CHECK(room_document::parse("r", room.text(), limits).add("late", metadata, 0ms, limits));
}

} // namespace sockeye::app
