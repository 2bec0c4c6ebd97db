#pragma once

#include <cstdint>
#include <string>

namespace sockeye::bench {

// What all clients of a run share: what they are to do, and what they have seen.
struct scoreboard {
    bool sending = false; // an echo is followed by the next message
    unsigned inflight = 1;
    std::size_t message_size = 64;

    unsigned open = 0; // sessions
    unsigned ended = 0;
    std::uint64_t on_the_way = 0; // messages whose echo, or whose POST's answer, is due
    std::uint64_t echoes = 0;
    std::uint64_t pings = 0;
    std::string failure; // the first thing that went wrong; it ends the run

    void fail(std::uint32_t client, const std::string& what) {
        if (failure.empty()) failure = "client " + std::to_string(client) + ": " + what;
    }
};

} // namespace sockeye::bench
