#include "support/room_requests.hpp"

#include <sockeye/app/rooms.hpp>

#include <vector>

namespace sockeye::app {

namespace {

using socketio::object;
using socketio::value;

std::vector<std::string> ids_of(const std::vector<object>& rooms) {
    std::vector<std::string> ids;
    for (const object& room : rooms)
        ids.push_back(room.find("roomId")->as_string());
    return ids;
}

} // namespace

TEST_CASE("rooms: users come and go, and every instance knows") {
    over_each_store([](service_world& world) {
        std::vector<texts> told;
        rooms here(world.instance("a"),
                   [&](const object& room) { told.push_back(users_in(room)); });
        rooms there(world.instance("b"), {});
        CHECK(code_of(there.get("r")) == "ROOM_NOT_FOUND");
        CHECK(code_of(there.remove_user("r", "alice")) == "ROOM_NOT_FOUND");
        CHECK(code_of(there.set_sharing("r", "alice", true)) == "ROOM_NOT_FOUND");
        wait(here.add_user("r", "alice", value(object{{"name", "Al"}})));
        CHECK(users_in(wait(there.add_user("r", "bob"))) == texts{"alice", "bob"});
        CHECK(users_in(wait(here.add_user("r", "alice"))) == texts{"alice", "bob"});
        const object room = wait(there.get("r"));
        CHECK(room == wait(here.get("r")));
        const value& alice = room.find("participants")->as_array()[0];
        CHECK(*alice.find("metadata") == value(object{{"name", "Al"}}));
        CHECK(*alice.find("joinedAt") == value(world.shards.now().count()));
        CHECK(users_in(wait(here.remove_user("r", "alice"))) == texts{"bob"});
        CHECK(users_in(wait(here.remove_user("r", "alice"))) == texts{"bob"});
        CHECK(wait(here.remove_user("r", "bob")).find("participants")->as_array().empty());
        CHECK(told == std::vector<texts>{{"alice"}, {"bob"}, {}}); // what this instance has written
    });
}

TEST_CASE("rooms: sharing is refused where another shares, and the room allows one") {
    over_each_store([](service_world& world) {
        rooms here(world.instance("a"), {});
        rooms there(world.instance("b"), {});
        wait(here.add_user("r", "alice"));
        wait(here.add_user("r", "bob"));
        CHECK(*wait(here.set_sharing("r", "alice", true)).find("sharing") ==
              value(socketio::array{"alice"}));
        CHECK(code_of(there.set_sharing("r", "bob", true)) == "ALREADY_SHARED");
        CHECK(code_of(there.set_sharing("r", "carol", true)) == "FORBIDDEN");
        wait(there.set_mode("r", sharing_mode::many));
        CHECK(*wait(there.set_sharing("r", "bob", true)).find("sharing") ==
              value(socketio::array{"alice", "bob"}));
        wait(here.remove_user("r", "alice"));
        CHECK(*wait(here.get("r")).find("sharing") == value(socketio::array{"bob"}));
    });
}

TEST_CASE("rooms: a room ends a day after the last change, and is listed no longer") {
    over_each_store([](service_world& world) {
        rooms service(world.instance(), {});
        wait(service.add_user("first", "alice"));
        world.pass(10h);
        wait(service.add_user("second", "alice"));
        world.pass(10h);
        wait(service.add_user("first", "bob"));
        wait(service.add_user("second", "alice")); // changes nothing
        CHECK(ids_of(wait(service.list(10))) == texts{"first", "second"});
        CHECK(ids_of(wait(service.list(1))) == texts{"first"});
        CHECK(wait(service.list(0)).empty());
        world.pass(15h);
        CHECK(ids_of(wait(service.list(10))) == texts{"first"});
        CHECK(code_of(service.get("second")) == "ROOM_NOT_FOUND");
        CHECK(wait(service.stats()).rooms == 1);
        CHECK(wait(service.stats()).participants == 2);
        world.pass(10h);
        CHECK(wait(service.list(10)).empty());
        CHECK(wait(service.stats()).rooms == 0);
    });
}

TEST_CASE("rooms: rooms that have ended are forgotten as new ones come") {
    over_each_store([](service_world& world) {
        rooms service(world.instance(), {});
        for (int i = 0; i < 25; ++i)
            wait(service.add_user("old" + std::to_string(i), "alice"));
        world.pass(25h);
        for (int i = 0; i < 3; ++i)
            wait(service.add_user("new" + std::to_string(i), "alice"));
        world.pass(0ms);
        const auto index = reply_to(world.state(), transaction().count_scored("rooms:index"));
        CHECK(index.number == 3);
    });
}

TEST_CASE("rooms: a room that others keep alive is not forgotten") {
    over_each_store([](service_world& world) {
        rooms service(world.instance(), {});
        wait(service.add_user("r", "alice"));
        commit(world.state(), transaction().expire("room:r", 100h));
        world.pass(30h);
        CHECK(ids_of(wait(service.list(10))) == texts{"r"});
        CHECK(ids_of(wait(service.list(10))) == texts{"r"});
    });
}

TEST_CASE("rooms: what another program has written is understood, and kept") {
    over_each_store([](service_world& world) {
        rooms service(world.instance(), {});
        commit(world.state(),
               transaction().set("room:r", R"({"topic":"x","participants":[{"userId":"ann"}]})"));
        const object room = wait(service.add_user("r", "bob"));
        CHECK(users_in(room) == texts{"ann", "bob"});
        CHECK(*room.find("topic") == value("x"));
        CHECK(reply_to(world.state(), transaction().time_left("room:r")).number > 0);
        CHECK(ids_of(wait(service.list(10))) == texts{"r"});
    });
}

TEST_CASE("rooms: what is no room is an error to those who ask for it, and to nobody else") {
    over_each_store([](service_world& world) {
        rooms service(world.instance(), {});
        wait(service.add_user("r", "alice"));
        wait(service.add_user("good", "alice"));
        commit(world.state(), transaction().set("room:r", "{oops"));
        CHECK(code_of(service.get("r")) == "INTERNAL");
        CHECK(code_of(service.add_user("r", "bob")) == "INTERNAL");
        CHECK(ids_of(wait(service.list(10))) == texts{"good"});
        CHECK(reply_to(world.state(), transaction().get("room:r")).text == "{oops");
    });
}

TEST_CASE("rooms: names and metadata that cannot be are refused") {
    over_each_store([](service_world& world) {
        rooms service(world.instance(), {});
        const auto add = [&](std::string room, std::string user,
                             std::optional<value> metadata = {}) -> task<object> {
            co_return co_await service.add_user(std::move(room), std::move(user),
                                                std::move(metadata));
        };
        CHECK_THROWS_AS(static_cast<void>(service.add_user("", "alice")), service_error);
        CHECK(code_of(add("", "alice")) == "BAD_REQUEST");
        CHECK(code_of(add("r", "")) == "BAD_REQUEST");
        CHECK(code_of(add("r", std::string(129, 'u'))) == "BAD_REQUEST");
        CHECK(code_of(add("r:users", "alice")) == "BAD_REQUEST"); // presence's key
        CHECK(code_of(service.get("r:users")) == "BAD_REQUEST");
        CHECK(code_of(add("r", "alice", value(std::string(5000, 'x')))) == "BAD_REQUEST");
        CHECK(code_of(service.get("r")) == "ROOM_NOT_FOUND");
    });
}

} // namespace sockeye::app
