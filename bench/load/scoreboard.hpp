#pragma once

#include <cstdint>
#include <string>

namespace sockeye::bench {

// What all clients of a run share: what they are to do, and what they have seen.
struct scoreboard {
    bool sending = false; // what comes back is followed by the next message
    unsigned inflight = 1;
    std::size_t message_size = 64;

    unsigned open = 0; // sessions
    unsigned ended = 0;
    std::uint64_t on_the_way = 0; // echoes, acks and deliveries that are due, or a POST's answer
    std::uint64_t received = 0;   // echoes, acks and deliveries
    std::uint64_t pings = 0;
    std::string failure; // the first thing that went wrong; it ends the run

    void fail(std::uint32_t client, const std::string& what) {
        if (failure.empty()) failure = "client " + std::to_string(client) + ": " + what;
    }
};

} // namespace sockeye::bench
