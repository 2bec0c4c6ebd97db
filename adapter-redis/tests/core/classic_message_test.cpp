#include "codec/classic_message.hpp"
#include "codec/msgpack.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::adapter_redis {
namespace {

using socketio::array;
using socketio::binary;
using socketio::object;

std::string packed(const value& from) {
    std::string bytes;
    socketio::append_msgpack(bytes, from);
    return bytes;
}

const value packet = object{{"type", 2}, {"data", array{"ev"}}, {"nsp", "/"}};

std::optional<classic_broadcast> decode_parts(const value& uid, const value& what,
                                              const value& options) {
    return decode_broadcast(packed(array{uid, what, options}));
}

TEST_CASE("a broadcast may lack all that Node does without") {
    auto read = decode_parts(nullptr, packet, object{});
    REQUIRE(read);
    CHECK(read->uid == "");
    CHECK(read->to.rooms.empty());
    CHECK(read->to.except.empty());
    CHECK(read->flags.compress);
    CHECK_FALSE(read->flags.volatile_);
    read = decode_parts("a", object{{"type", 2}, {"data", array{"ev"}}},
                        object{{"rooms", nullptr}, {"except", nullptr}, {"flags", nullptr}});
    REQUIRE(read);
    CHECK(read->packet.nsp == "/");
}

TEST_CASE("an old emitter's binary event is an event") {
    const auto read = decode_parts(
        "emitter", object{{"type", 5}, {"data", array{"ev", binary{"\x01"}}}}, object{});
    REQUIRE(read);
    CHECK(read->packet.event == array{"ev", binary{"\x01"}});
}

TEST_CASE("flags that are not known are passed over, as are values that make no sense") {
    const auto read = decode_parts("a", packet,
                                   object{{"flags", object{{"broadcast", true},
                                                           {"compress", "no"},
                                                           {"volatile", 1},
                                                           {"timeout", -1},
                                                           {"new", array{}}}}});
    REQUIRE(read);
    CHECK(read->flags.compress);
    CHECK_FALSE(read->flags.volatile_);
    CHECK_FALSE(read->flags.timeout);
}

TEST_CASE("numbers are names of rooms") {
    const auto read = decode_parts("a", packet, object{{"rooms", array{42, -1, 1.5, "b"}}});
    REQUIRE(read);
    CHECK(read->to.rooms == std::vector<std::string>{"42", "-1", "1.5", "b"});
}

TEST_CASE("what is no broadcast is refused") {
    CHECK_FALSE(decode_broadcast(""));
    CHECK_FALSE(decode_broadcast("{}"));
    CHECK_FALSE(decode_broadcast(packed(nullptr)));
    CHECK_FALSE(decode_broadcast(packed(object{{"type", 3}}))); // of the streams adapter
    CHECK_FALSE(decode_broadcast(packed(array{"a", packet})));
    CHECK_FALSE(decode_broadcast(packed(array{"a", packet, object{}, 1})));
    CHECK_FALSE(decode_parts("a", packet, nullptr));
    CHECK_FALSE(decode_parts("a", packet, array{}));
    CHECK_FALSE(decode_parts("a", nullptr, object{}));
    CHECK_FALSE(decode_parts("a", object{{"type", 3}, {"data", array{"ev"}}}, object{}));
    CHECK_FALSE(decode_parts("a", object{{"data", array{"ev"}}}, object{}));
    CHECK_FALSE(decode_parts("a", object{{"type", 2}, {"data", array{}}}, object{}));
    CHECK_FALSE(decode_parts("a", object{{"type", 2}, {"data", array{nullptr}}}, object{}));
    CHECK_FALSE(decode_parts("a", object{{"type", 2}, {"data", "ev"}}, object{}));
    CHECK_FALSE(
        decode_parts("a", object{{"type", 2}, {"data", array{"ev"}}, {"nsp", 1}}, object{}));
    CHECK_FALSE(decode_parts("a", packet, object{{"rooms", "a"}}));
    CHECK_FALSE(decode_parts("a", packet, object{{"rooms", array{nullptr}}}));
    CHECK_FALSE(decode_parts("a", packet, object{{"except", array{array{}}}}));
}

TEST_CASE("a request may be MessagePack, whatever it wants") {
    const auto read = decode_request(packed(object{
        {"uid", "a"}, {"type", 6}, {"requestId", "b"}, {"data", array{"ev", binary{"\x01"}}}}));
    REQUIRE(read);
    CHECK(read->uid == "a");
    CHECK(read->request_id == "b");
    CHECK(std::get<event_request>(read->what).event == array{"ev", binary{"\x01"}});
}

TEST_CASE("what is no request is refused") {
    for (const char* text : {
             R"({})",
             R"([])",
             R"({"type":"5","requestId":"a","opts":{}})",
             R"({"type":-1,"requestId":"a"})",
             R"({"type":8,"requestId":"a"})",
             R"({"type":99999999999999999999,"requestId":"a"})",
             R"({"type":1})",
             R"({"type":1,"requestId":""})",
             R"({"type":2,"rooms":["a"]})",
             R"({"type":2,"opts":{},"rooms":"a"})",
             R"({"type":3,"opts":null,"rooms":["a"]})",
             R"({"type":4})",
             R"({"type":5,"requestId":"a"})",
             R"({"type":5,"opts":{}})",
             R"({"type":6})",
             R"({"type":6,"data":[]})",
             R"({"type":6,"data":{}})",
             R"({"type":7,"requestId":"a","opts":{}})",
             R"({"type":7,"requestId":"a","packet":{"type":2,"data":["ev"]}})",
             R"({"type":7,"packet":{"type":2,"data":["ev"]},"opts":{}})",
             "{\"type\":6,\"data\":[\"\xff\"]}",
         }) {
        INFO(text);
        CHECK_FALSE(decode_request(text));
    }
}

TEST_CASE("a response may lack what it should have, but not what it answers") {
    auto read = decode_response(R"({"requestId":"a","sockets":null})");
    REQUIRE(read);
    CHECK(std::holds_alternative<done_response>(read->what));
    read = decode_response(R"({"type":6,"requestId":"a"})");
    REQUIRE(read);
    CHECK_FALSE(std::get<event_response>(read->what).answer);
    for (const char* text :
         {R"({})", R"({"requestId":1})", R"({"sockets":[]})", R"({"requestId":"a","rooms":1})",
          R"({"type":7,"requestId":"a"})", R"({"type":8,"requestId":"a"})",
          R"({"type":8,"requestId":"a","clientCount":-1})",
          R"({"type":8,"requestId":"a","clientCount":"1"})"}) {
        INFO(text);
        CHECK_FALSE(decode_response(text));
    }
}

TEST_CASE("only orders about a single socket are answered, and stay so when written") {
    const auto single =
        decode_request(R"({"uid":"u","requestId":"id","type":2,"sid":"s","room":"r"})");
    REQUIRE(single);
    CHECK(single->request_id == "id");
    CHECK(encode(*single) == R"({"uid":"u","requestId":"id","type":2,"sid":"s","rooms":["r"]})");
    CHECK(encode(decode_request(encode(*single)).value()) == encode(*single));
    const auto many = decode_request(
        R"({"uid":"u","requestId":"id","type":4,"opts":{"rooms":[],"except":[]},"close":true})");
    REQUIRE(many);
    CHECK(many->request_id.empty());
}

} // namespace
} // namespace sockeye::adapter_redis
