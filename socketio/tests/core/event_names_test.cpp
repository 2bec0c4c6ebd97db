#include "codec/event_names.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace sockeye::socketio {
namespace {

TEST_CASE("exactly the library's own event names are reserved") {
    for (const auto name : {"connect", "connect_error", "disconnect", "disconnecting",
                            "newListener", "removeListener"}) {
        CHECK(is_reserved_event(name));
    }
    for (const auto name : {"", "error", "connection", "Connect", "connect ", "message"}) {
        CHECK_FALSE(is_reserved_event(name));
    }
}

TEST_CASE("events with reserved names are refused, to clients and to servers") {
    CHECK_THROWS_WITH_AS(check_event_name({"connect"}), "\"connect\" is a reserved event name",
                         std::invalid_argument);
    CHECK_NOTHROW(check_event_name({"connection"}));
    CHECK_THROWS_WITH_AS(check_server_event_name({"new_namespace"}),
                         "\"new_namespace\" is a reserved event name", std::invalid_argument);
    CHECK_NOTHROW(check_server_event_name({"disconnect"}));
}

} // namespace
} // namespace sockeye::socketio
