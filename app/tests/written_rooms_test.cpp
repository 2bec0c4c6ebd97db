#include "rooms/written_rooms.hpp"

#include <doctest/doctest.h>

namespace sockeye::app {

TEST_CASE("written rooms: what was written last is given away once") {
    written_rooms rooms(1000);
    rooms.put("r", "first");
    rooms.put("s", "other");
    rooms.put("r", "second");
    CHECK(rooms.take("r") == "second");
    CHECK(rooms.take("r") == std::nullopt);
    CHECK(rooms.take("s") == "other");
}

TEST_CASE("written rooms: the oldest give way") {
    written_rooms rooms(10);
    rooms.put("a", "1234");
    rooms.put("b", "1234");
    CHECK(rooms.take("a") == "1234");
    rooms.put("a", "1234");
    rooms.put("c", "1234");
    CHECK(rooms.take("b") == std::nullopt);
    CHECK(rooms.take("a") == "1234");
    CHECK(rooms.take("c") == "1234");
    rooms.put("d", "more than there is room for");
    CHECK(rooms.take("d") == std::nullopt);
}

} // namespace sockeye::app
