#pragma once

#include "../load/arguments.hpp"

#include <cstdint>
#include <string>

namespace sockeye::bench {

enum class log_work : std::uint8_t { append, fill, check };

struct log_options {
    log_work work = log_work::append;
    std::string sqlite;   // a file
    std::string postgres; // a URL
    unsigned sessions = 100;
    unsigned inflight = 500; // appends that wait for their answers, at most
    double rate = 0;         // appends a second; 0: the next when one is answered
    double seconds = 10;
    std::uint64_t count = 0; // fill: events to append; check: events that must be there
    std::string label = "a"; // fill: who appends them
};

extern const char* const usage;

// Throws usage_error.
log_options parse_options(int argc, char** argv);

} // namespace sockeye::bench
