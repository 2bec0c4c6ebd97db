// What is the sharded adapter's own: the channels of rooms.

#include "net/redis_group.hpp"

namespace sockeye::adapter_redis {
namespace {

const packets none;
constexpr room_channels every_option[] = {room_channels::none, room_channels::public_rooms,
                                          room_channels::all_rooms};

std::size_t subscribers(redis_group& at, const std::string& room) {
    return count(at.outsider, channel_kind::sharded, "socket.io#/#" + room + "#").value();
}

} // namespace

TEST_CASE("sharded: rooms have channels, as the option says, while clients are in them") {
    const std::string long_name(20, 'x'); // as long as an id
    for (const auto rooms : every_option) {
        redis_group at(of_sharded(rooms));
        at.enter(1, "r");
        at.enter(2, "r");
        at.enter(2, long_name);
        // The last that is subscribed to: all before it is, too.
        at.enter(2, "last");
        if (rooms != room_channels::none)
            await([&] { return subscribers(at, "last") == 1 && subscribers(at, "r") == 2; });
        CHECK(subscribers(at, "r") == (rooms == room_channels::none ? 0 : 2));
        CHECK(subscribers(at, long_name) == (rooms == room_channels::all_rooms ? 1 : 0));
        CHECK(subscribers(at, at.ids[2]) == (rooms == room_channels::all_rooms ? 1 : 0));
        at.clients.pop_back();
        await([&] { return subscribers(at, "r") == (rooms == room_channels::none ? 0 : 1); });
    }
}

TEST_CASE("sharded: broadcasts reach rooms through whichever channel") {
    const std::string long_name(20, 'x');
    for (const auto rooms : every_option) {
        redis_group at(of_sharded(rooms));
        at.enter(1, long_name);
        at.enter(2, "r");
        at.enter(2, "s");
        if (rooms != room_channels::none) await([&] { return subscribers(at, "s") == 1; });
        at.a().to("r").emit("one");
        at.clients[2].expect(R"(2["one"])");
        at.a().to({"r", "s"}).emit("two");
        at.clients[2].expect(R"(2["two"])");
        at.a().to(long_name).emit("three");
        at.clients[1].expect(R"(2["three"])");
        at.a().to(at.ids[1]).emit("four");
        at.clients[1].expect(R"(2["four"])");
        CHECK(at.received() == lists{none, none, none});
    }
}

TEST_CASE("sharded: what is no message is counted, and changes nothing") {
    redis_group at(of_sharded(room_channels::public_rooms));
    at.publish(channel_kind::sharded, "socket.io#/#", "no message");
    at.publish(channel_kind::sharded, "socket.io#/#", R"({"type":3,"uid":"x","nsp":"/"})");
    at.publish(channel_kind::sharded, "socket.io#/#", R"({"type":99,"uid":"x","nsp":"/"})");
    at.a().emit("e");
    for (auto& client : at.clients)
        client.expect(R"(2["e"])");
    at.await_malformed({3, 3, 3});
}

TEST_CASE("sharded: fetching sockets fails with the reference's words") {
    redis_group at(of_sharded(room_channels::public_rooms));
    const auto which =
        at.outsider.subscribe(channel_kind::sharded, "socket.io#/#", [](auto, auto) {}, {});
    at.await_count(0, "/", 4);
    CHECK(wait(at.a().timeout(1s).fetch_sockets()).error ==
          "timeout reached: only 2 responses received out of 3");
    at.outsider.unsubscribe(which);
}

} // namespace sockeye::adapter_redis
