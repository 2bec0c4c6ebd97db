// Whoever is refused a room is in nothing of it, unless it was in it before.

#include "server/presence_events.hpp"
#include "server/room_events.hpp"
#include "support/flaky_store.hpp"
#include "support/users_server.hpp"

#include <sockeye/app/sqlite_event_log.hpp>

#include <doctest/doctest.h>

#include <algorithm>

namespace sockeye::app {

namespace {

using socketio::ack;
using socketio::socket;

/// A server whose rooms take one participant. `auth` is the user's name.
class rooms_server {
public:
    rooms_server()
        : at({}, 1), memory_(at.http.shards(), now), state(memory_, at.http.shards()),
          log_(sqlite_event_log(at.http.shards())), on_{state, at.http.shards(), now, "a", quiet},
          asked_(on_, [](socket) -> task<> { co_return; }),
          rooms_(on_, {}, {.max_participants = 1}),
          room_events_(rooms_, presence_, presence_events_, asked_, on_),
          presence_(on_, [this](const presence_change& change) { announce(at.io, change); }),
          history_(*log_, asked_, on_, {}), presence_events_(presence_, asked_, history_, on_) {
        at.io.on_connection([this](const socket& s) { serve(s); });
        at.start();
    }
    ~rooms_server() { at.finish(); }

    socketio::socketio_fixture at;

private:
    static milliseconds now() { return milliseconds(1'700'000'000'000); }
    static void quiet(engineio::log_level, std::string_view) {}

    void serve(const socket& s) {
        presence_events_.serve(s);
        room_events_.serve(s);
        s.on("enter", [this, s](const std::string& user, const ack<>& done) {
            s.data()["userId"] = user;
            presence_events_.bind(s, user);
            done();
        });
        s.on("is in",
             [s](const std::string& room, const ack<bool>& done) { done(is_in_room(s, room)); });
    }

    memory_store memory_;

public:
    testing::flaky_store state;

private:
    const std::unique_ptr<event_log> log_;
    const context on_;
    requests asked_;
    rooms rooms_;
    room_events room_events_;
    presence presence_;
    history_events history_;
    presence_events presence_events_;
};

class room_user {
public:
    room_user(const rooms_server& server, const std::string& name) : packets(server.at.connect()) {
        packets.join();
        CHECK(ask(R"("enter",")" + name + '"').empty());
    }

    /// What is acknowledged, within the brackets.
    std::string ask(const std::string& event) {
        packets.send("21[" + event + ']');
        return answer("31[");
    }
    void begin(const std::string& number, const std::string& event) {
        packets.send("2" + number + '[' + event + ']');
    }
    /// What comes before is kept, and may be the answer to another request.
    std::string answer(const std::string& head) {
        const auto is_it = [&](const std::string& packet) { return packet.starts_with(head); };
        auto found = std::ranges::find_if(heard, is_it);
        while (found == heard.end()) {
            heard.push_back(packets.read());
            found = std::ranges::find_if(heard.end() - 1, heard.end(), is_it);
        }
        const std::string packet = *found;
        heard.erase(found);
        return packet.substr(head.size(), packet.size() - head.size() - 1);
    }
    bool is_in_room() { return ask(R"("is in","r")") == "true"; }
    std::string present() { return ask(R"("presence:list",{"roomId":"r"})"); }

    packet_client packets;
    std::vector<std::string> heard;
};

const std::string room_join = R"("room:join",{"roomId":"r"})";
const std::string presence_join = R"("presence:join",{"roomId":"r"})";
const std::string both = R"("count":2)";
const std::string only_ann = R"({"ok":true,"users":["ann"],"count":1,"roomId":"r"})";

void check_refused(const std::string& answer, const std::string& code) {
    CHECK_MESSAGE(answer.find(R"("code":")" + code + '"') != std::string::npos, answer);
}

} // namespace

TEST_CASE("refused joins: whoever finds the room full is not in it") {
    const rooms_server server;
    room_user ann(server, "ann"), ben(server, "ben");
    ann.ask(room_join);
    check_refused(ben.ask(room_join), "ROOM_FULL");
    CHECK_FALSE(ben.is_in_room());
    CHECK(ben.present() == only_ann);
    CHECK(ann.is_in_room());
}

TEST_CASE("refused joins: of a request that is wrong nobody hears") {
    const rooms_server server;
    room_user ann(server, "ann"), ben(server, "ben");
    ann.ask(presence_join);
    check_refused(
        ben.ask(R"("room:join",{"roomId":"r","metadata":")" + std::string(5000, 'x') + "\"}"),
        "BAD_REQUEST");
    check_refused(ben.ask(R"("room:join",{"roomId":"r:users"})"), "BAD_REQUEST");
    CHECK_FALSE(ben.is_in_room());
    CHECK(ann.present() == only_ann);
    for (const std::string& packet : ann.heard)
        CHECK_MESSAGE(packet.find("ben") == std::string::npos, packet);
}

TEST_CASE("refused joins: without the store nobody comes in, and nobody falls out") {
    rooms_server server;
    room_user ann(server, "ann"), ben(server, "ben");
    ann.ask(room_join);
    for (const std::string& join : {room_join, presence_join}) {
        CAPTURE(join);
        server.state.away = true;
        check_refused(ben.ask(join), "UNAVAILABLE");
        CHECK_FALSE(ben.is_in_room());
        check_refused(ann.ask(join), "UNAVAILABLE");
        CHECK(ann.is_in_room());
        server.state.away = false;
        CHECK(ben.present() == only_ann);
    }
}

TEST_CASE("refused joins: who could not be present has no place in the room") {
    rooms_server server;
    room_user ann(server, "ann"), ben(server, "ben");
    server.state.fails_presence = true;
    check_refused(ben.ask(room_join), "UNAVAILABLE");
    server.state.fails_presence = false;
    const auto takes_the_place = [&] {
        return ann.ask(room_join).find(R"("ok":true)") != std::string::npos;
    };
    CHECK(server.at.becomes_true(takes_the_place));
}

TEST_CASE("refused joins: who has a place in the room keeps it when another socket is refused") {
    rooms_server server;
    room_user ann(server, "ann"), again(server, "ann"), ben(server, "ben");
    ann.ask(room_join);
    server.state.fails_presence = true;
    const std::size_t before = server.state.asked;
    check_refused(again.ask(room_join), "UNAVAILABLE");
    // Presence, its withdrawal, the room, and who is in it.
    CHECK(server.at.becomes_true([&] { return server.state.asked >= before + 4; }));
    server.state.fails_presence = false;
    check_refused(ben.ask(room_join), "ROOM_FULL");
}

TEST_CASE("rooms' events: a room is entered, and left, with a question for presence and one more") {
    const rooms_server server;
    room_user ann(server, "ann");
    ann.ask(room_join);
    ann.ask(R"("room:leave",{"roomId":"r"})");
    const std::size_t before = server.state.asked;
    ann.ask(room_join);
    CHECK(server.state.asked == before + 2);
    ann.ask(R"("room:leave",{"roomId":"r"})");
    CHECK(server.state.asked == before + 4);
}

TEST_CASE("refused joins: who was in the room stays in it") {
    const rooms_server server;
    room_user ann(server, "ann"), ben(server, "ben");
    ann.ask(room_join);
    ben.ask(presence_join);
    check_refused(ben.ask(room_join), "ROOM_FULL");
    CHECK(ben.is_in_room());
    CHECK(ben.present().find(both) != std::string::npos);
}

TEST_CASE("refused joins: what was granted meanwhile holds") {
    rooms_server server;
    room_user ann(server, "ann"), ben(server, "ben");
    ann.ask(room_join);
    server.state.slow = true;
    ben.begin("7", room_join);
    ben.begin("8", presence_join);
    REQUIRE(server.at.becomes_true([&] { return server.state.held() == 3; }));
    server.state.hurry();
    check_refused(ben.answer("37["), "ROOM_FULL");
    CHECK(ben.answer("38[").find(both) != std::string::npos);
    CHECK(ben.is_in_room());
    CHECK(ben.present().find(both) != std::string::npos);
}

TEST_CASE("refused joins: who left meanwhile has left") {
    rooms_server server;
    room_user ann(server, "ann"), ben(server, "ben");
    ann.ask(room_join);
    ben.ask(presence_join);
    server.state.slow = true;
    ben.begin("7", room_join);
    ben.begin("8", R"("presence:leave",{"roomId":"r"})");
    ben.begin("9", room_join);
    REQUIRE(server.at.becomes_true([&] { return server.state.held() == 4; }));
    server.state.hurry();
    check_refused(ben.answer("37["), "ROOM_FULL");
    check_refused(ben.answer("39["), "ROOM_FULL");
    CHECK_FALSE(ben.is_in_room());
    CHECK(ben.present() == only_ann);
}

TEST_CASE("refused joins: what was granted before it left does not bring it in again") {
    rooms_server server;
    room_user ann(server, "ann"), ben(server, "ben");
    ann.ask(room_join);
    server.state.slow = true;
    ben.begin("7", presence_join);
    REQUIRE(server.at.becomes_true([&] { return server.state.held() == 1; }));
    ben.begin("8", R"("presence:leave",{"roomId":"r"})");
    REQUIRE(server.at.becomes_true([&] { return server.state.held() == 2; }));
    server.state.fails_presence = true;
    ben.begin("9", presence_join);
    check_refused(ben.answer("39["), "UNAVAILABLE");
    server.state.fails_presence = false;
    server.state.hurry();
    CHECK(ben.answer("37[").find(R"("ok":true)") != std::string::npos);
    ben.answer("38[");
    CHECK_FALSE(ben.is_in_room());
    CHECK(ben.present() == only_ann);
}

} // namespace sockeye::app
