#pragma once

#include "../load/arguments.hpp"

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace sockeye::bench {

enum class service : std::uint8_t { state, memory, broadcast, clock };

struct app_options {
    service of = service::state;
    std::uint16_t port = 0;
    pid_t server_pid = 0;
    std::uint16_t other_port = 0; // clock: the second instance, which is killed
    pid_t other_pid = 0;
    std::uint16_t redis_port = 0;
    pid_t redis_pid = 0;
    unsigned users = 200;
    unsigned sockets = 1; // of each user
    unsigned room_size = 10;
    unsigned sessions = 500; // clock
    unsigned members = 8;
    double rate = 1000;
    double seconds = 10;
    double warmup = 2;
};

extern const char* const usage;

// Throws usage_error.
app_options parse_options(int argc, char** argv);

} // namespace sockeye::bench
