#include "codec/json.hpp"

#include <sockeye/socketio/cluster_message.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace sockeye::socketio {
namespace {

using namespace std::chrono_literals;

std::string json(const cluster_message& from) {
    std::string text;
    append_json(text, from.to_value());
    return text;
}

std::optional<cluster_message> read(std::string_view text) {
    value parsed;
    REQUIRE(parse_json(text, {}, parsed));
    return cluster_message::from_value(parsed);
}

// A message of that type with that data.
std::optional<cluster_message> read(int type, std::string_view data) {
    return read(R"({"type":)" + std::to_string(type) + R"(,"data":)" + std::string(data) +
                R"(,"uid":"u","nsp":"/"})");
}

socket_details ann() {
    handshake came;
    came.headers = {{"host", "a"}, {"x-twice", "1"}, {"x-twice", "2"}};
    came.time = "Tue Jan 02 2024 03:04:05 GMT+0000 (Coordinated Universal Time)";
    came.address = "10.0.0.1";
    came.secure = true;
    came.issued = 1704164645000;
    came.url = "/socket.io/?EIO=4";
    came.query = {{"EIO", "4"}};
    came.auth = object{{"token", "t"}};
    return {"id", came, {"id", "room"}, object{{"name", "Ann"}}};
}

} // namespace

TEST_CASE("every message reads back as it was written") {
    const selection to{{"a", "b"}, {"c"}};
    const emit_flags flags{
        .volatile_ = true, .compress = false, .timeout = 200ms, .single_answer = true};
    const std::vector<cluster_message::content> all{
        cluster::initial_heartbeat{},
        cluster::heartbeat{},
        cluster::broadcast{{"news", 1, binary{"\x01"}}, to, flags, "r"},
        cluster::broadcast{{"news"}},
        cluster::join{to, {}, {"x"}},
        cluster::leave{{}, {}, {"x", "y"}},
        cluster::disconnect{to, {}, true},
        cluster::fetch_sockets{to, {}, "r"},
        cluster::sockets_response{"r", {ann(), {.id = "other"}}},
        cluster::server_side_emit{{"ask", nullptr}, "r"},
        cluster::server_side_emit{{"tell"}},
        cluster::server_side_response{"r", 7},
        cluster::server_side_response{"r"},
        cluster::client_count{"r", 3},
        cluster::client_answer{"r", nullptr},
        cluster::client_answer{"r"},
        cluster::adapter_close{},
    };
    for (const auto& what : all) {
        const cluster_message message{"u", "/chat", what};
        CAPTURE(json(message));
        CHECK(cluster_message::from_value(message.to_value()) == message);
    }
}

TEST_CASE("messages are the reference's objects") {
    CHECK(json({"u", "/", cluster::heartbeat{}}) == R"({"type":2,"uid":"u","nsp":"/"})");
    CHECK(json({"u", "/", cluster::broadcast{{"e", 1}, {{"r"}, {}}, {.local = true}, "q"}}) ==
          R"({"type":3,"data":{"opts":{"rooms":["r"],"except":[],"flags":{}},)"
          R"("packet":{"type":2,"data":["e",1]},"requestId":"q"},"uid":"u","nsp":"/"})");
    CHECK(json({"u", "/", cluster::client_count{"q", 2}}) ==
          R"({"type":11,"data":{"requestId":"q","clientCount":2},"uid":"u","nsp":"/"})");
    CHECK(json({"u", "/", cluster::client_answer{"q"}}) ==
          R"({"type":12,"data":{"requestId":"q"},"uid":"u","nsp":"/"})");
}

TEST_CASE("a broadcast may lack all that has a default, and have more than is known") {
    const auto message =
        read(3, R"({"opts":{"flags":{"volatile":true,"broadcast":true,"timeout":9e15}},"new":1,)"
                R"("packet":{"type":2,"data":[7,"x"],"nsp":"/other"}})");
    REQUIRE(message);
    const auto& broadcast = std::get<cluster::broadcast>(message->what);
    CHECK(broadcast.event == array{"7", "x"});
    CHECK(broadcast.to == selection{});
    CHECK(broadcast.flags.volatile_);
    CHECK(broadcast.flags.timeout == std::chrono::milliseconds(0x7fffffff));
    CHECK_FALSE(broadcast.request_id);
    CHECK(read(3, R"({"opts":{"rooms":null,"except":null,"flags":null},)"
                  R"("packet":{"type":2,"data":["e"]}})"));
}

TEST_CASE("rooms that JavaScript names by numbers are named by their digits") {
    const auto message = read(4, R"({"opts":{"rooms":[42,"a"]},"rooms":[-7]})");
    REQUIRE(message);
    const auto& join = std::get<cluster::join>(message->what);
    CHECK(join.who.rooms == std::vector<std::string>{"42", "a"});
    CHECK(join.rooms == std::vector<std::string>{"-7"});
}

TEST_CASE("a message without who says it, where, or what is none") {
    for (const std::string_view text :
         {R"({"type":2,"uid":"u"})", R"({"type":2,"nsp":"/"})", R"({"uid":"u","nsp":"/"})",
          R"({"type":2,"uid":5,"nsp":"/"})", R"({"type":2,"uid":"","nsp":"/"})",
          R"({"type":"2","uid":"u","nsp":"/"})", R"({"type":0,"uid":"u","nsp":"/"})",
          R"({"type":14,"data":{},"uid":"u","nsp":"/"})", R"({"type":3,"uid":"u","nsp":"/"})",
          R"([2])", R"("x")", "7", "null"}) {
        CAPTURE(text);
        CHECK_FALSE(read(text));
    }
}

TEST_CASE("a message with wrong or missing members is none") {
    const std::vector<std::pair<int, std::string_view>> wrong{
        {3, R"({"opts":{}})"},
        {3, R"({"packet":{"type":2,"data":["e"]}})"},
        {3, R"({"opts":[],"packet":{"type":2,"data":["e"]}})"},
        {3, R"({"opts":{"rooms":"r"},"packet":{"type":2,"data":["e"]}})"},
        {3, R"({"opts":{"rooms":[["r"]]},"packet":{"type":2,"data":["e"]}})"},
        {3, R"({"opts":{"flags":7},"packet":{"type":2,"data":["e"]}})"},
        {3, R"({"opts":{"flags":{"volatile":1}},"packet":{"type":2,"data":["e"]}})"},
        {3, R"({"opts":{"flags":{"timeout":"1"}},"packet":{"type":2,"data":["e"]}})"},
        {3, R"({"opts":{},"packet":{"type":5,"data":["e"]}})"},
        {3, R"({"opts":{},"packet":{"type":2,"data":[]}})"},
        {3, R"({"opts":{},"packet":{"type":2,"data":[{}]}})"},
        {3, R"({"opts":{},"packet":{"type":2,"data":[18446744073709551615]}})"},
        {3, R"({"opts":{},"packet":{"type":2,"data":["connect"]}})"},
        {3, R"({"opts":{},"packet":{"type":2,"data":["e"]},"requestId":7})"},
        {4, R"({"opts":{}})"},
        {5, R"({"rooms":["r"]})"},
        {6, R"({"opts":{},"close":"yes"})"},
        {7, R"({"opts":{}})"},
        {8, R"({"requestId":"q"})"},
        {8, R"({"requestId":"q","sockets":[7]})"},
        {8, R"({"requestId":"q","sockets":[{"rooms":[]}]})"},
        {8, R"({"requestId":"q","sockets":[{"id":"i","handshake":{"secure":"no"}}]})"},
        {8, R"({"requestId":"q","sockets":[{"id":"i","handshake":{"headers":{"a":1.5}}}]})"},
        {9, R"({"packet":{}})"},
        {9, R"({"packet":[7]})"},
        {10, R"({"packet":1})"},
        {11, R"({"requestId":"q","clientCount":-1})"},
        {11, R"({"requestId":"q","clientCount":1.5})"},
        {12, R"({"requestId":""})"},
    };
    for (const auto& [type, data] : wrong) {
        CAPTURE(type);
        CAPTURE(data);
        CHECK_FALSE(read(type, data));
    }
}

TEST_CASE("a socket of another server may lack all but its id; headers may have several values") {
    const auto message =
        read(8, R"({"requestId":"q","sockets":[{"id":"i"},)"
                R"({"id":"j","handshake":{"headers":{"a":["1","2"]},"issued":5.0,"query":{}}}]})");
    REQUIRE(message);
    const auto& sockets = std::get<cluster::sockets_response>(message->what).sockets;
    REQUIRE(sockets.size() == 2);
    CHECK(sockets[0] == socket_details{.id = "i"});
    CHECK(sockets[1].handshake.headers ==
          std::vector<std::pair<std::string, std::string>>{{"a", "1"}, {"a", "2"}});
    CHECK(sockets[1].handshake.issued == 5);
}

} // namespace sockeye::socketio
