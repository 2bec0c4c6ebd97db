#include "state/room_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace sockeye::socketio;

namespace {

class member final : public room_member {};

std::vector<room_member*> members(const room_index& rooms, std::string_view name) {
    const auto* found = rooms.members(name);
    return found ? *found : std::vector<room_member*>();
}

} // namespace

TEST_CASE("a room exists while it has members") {
    room_index rooms;
    member ann, bob;
    CHECK(rooms.join(ann, "tea"));
    CHECK(rooms.join(bob, "tea"));
    CHECK(rooms.size() == 1);
    CHECK(rooms.leave(ann, "tea"));
    CHECK(members(rooms, "tea") == std::vector<room_member*>{&bob});
    CHECK(rooms.leave(bob, "tea"));
    CHECK(rooms.size() == 0);
    CHECK(rooms.members("tea") == nullptr);
}

TEST_CASE("joining twice and leaving what one is not in change nothing") {
    room_index rooms;
    member ann;
    CHECK(rooms.join(ann, "tea"));
    CHECK_FALSE(rooms.join(ann, "tea"));
    CHECK(members(rooms, "tea").size() == 1);
    CHECK_FALSE(rooms.leave(ann, "coffee"));
    rooms.leave_all(ann);
}

TEST_CASE("a member knows its rooms, in the order in which it joined") {
    room_index rooms;
    member ann;
    for (const char* name : {"c", "a", "b"})
        rooms.join(ann, name);
    CHECK(ann.room_names() == std::vector<std::string>{"c", "a", "b"});
    rooms.leave(ann, "a");
    CHECK(ann.room_names() == std::vector<std::string>{"c", "b"});
    rooms.leave_all(ann);
    CHECK(ann.room_names().empty());
    CHECK(rooms.size() == 0);
}

TEST_CASE("a selection meets nobody twice") {
    room_index rooms;
    member ann, bob;
    rooms.begin_selection();
    CHECK(rooms.mark(ann));
    CHECK_FALSE(rooms.mark(ann));
    CHECK(rooms.mark(bob));
    rooms.begin_selection();
    CHECK(rooms.mark(ann));
}

TEST_CASE("both directions agree with a plain model, whatever is joined and left") {
    room_index rooms;
    std::vector<member> people(12);
    std::map<std::string, std::set<room_member*>> model;
    std::mt19937 random(7);
    const auto pick = [&](unsigned below) { return random() % below; };
    for (int i = 0; i < 20'000; ++i) {
        member& who = people[pick(12)];
        const std::string room = "room " + std::to_string(pick(8));
        switch (pick(8)) {
        case 0:
            rooms.leave_all(who);
            for (auto& [name, inside] : model)
                inside.erase(&who);
            break;
        case 1:
        case 2:
        case 3:
            REQUIRE(rooms.leave(who, room) == (model[room].erase(&who) > 0));
            break;
        default:
            REQUIRE(rooms.join(who, room) == model[room].insert(&who).second);
        }
        for (const auto& [name, inside] : model) {
            auto found = members(rooms, name);
            REQUIRE(std::set<room_member*>(found.begin(), found.end()) == inside);
            REQUIRE(found.size() == inside.size());
        }
    }
    for (member& who : people)
        rooms.leave_all(who);
    CHECK(rooms.size() == 0);
}
