#include "codec/channels.hpp"

#include <doctest/doctest.h>

namespace sockeye::adapter_redis {
namespace {

TEST_CASE("a channel's room is what stands between the prefix and the last character") {
    const classic_channels channels("socket.io", "/chat");
    CHECK(channels.room_of("socket.io#/chat#") == "");
    CHECK(channels.room_of("socket.io#/chat##") == "");
    CHECK(channels.room_of("socket.io#/chat#a#") == "a");
    CHECK(channels.room_of("socket.io#/chat#a#b#") == "a#b");
    CHECK(channels.room_of("socket.io#/chat#a?") == "a");
    CHECK_FALSE(channels.room_of("socket.io#/cha"));
    CHECK_FALSE(channels.room_of("socket.io#/chats#a#"));
    CHECK_FALSE(channels.room_of(""));
}

TEST_CASE("a response may go to the adapter that asked alone") {
    CHECK(classic_channels("k", "/").response == "k-response#/#");
    CHECK(classic_channels("k", "/").response_to("uid") == "k-response#/#uid#");
}

TEST_CASE("a pattern means the characters of a namespace literally") {
    CHECK(classic_channels("socket.io", "/a").broadcast_pattern() == "socket.io#/a#*");
    CHECK(classic_channels("k*", R"(/[a]?\)").broadcast_pattern() == R"(k\*#/\[a\]\?\\#*)");
}

} // namespace
} // namespace sockeye::adapter_redis
