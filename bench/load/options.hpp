#pragma once

#include "arguments.hpp"

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace sockeye::bench {

enum class workload : std::uint8_t { echo, polling, handshake, idle, ack, fanout, rooms };

struct load_options {
    workload mode = workload::echo;
    std::uint16_t port = 0;
    std::uint16_t sender_port = 0; // fanout: of the sender's server, if it is another one
    pid_t server_pid = 0;
    std::string path; // where none is given, that of the workload's protocol
    unsigned conns = 100;
    unsigned inflight = 1; // messages or broadcasts on their way per sender
    unsigned room_size = 10;
    double rate = 0;       // fanout: messages of the sender per second; 0: by what is on its way
    std::size_t size = 64; // bytes of a message after its type digit
    double seconds = 3;    // the measured time
    double warmup = 1;     // the same load before it
    double settle = 2;     // idle: pause before the memory is read
    double hold = 0;       // idle: how long CPU time is watched
    bool over_polling = false;
    bool socketio = false; // implied by ack, fanout and rooms
    std::string label;     // copied to the report
};

// As it is written on the command line.
const char* name_of(workload w);

extern const char* const usage;

// Throws usage_error.
load_options parse_options(int argc, char** argv);

} // namespace sockeye::bench
