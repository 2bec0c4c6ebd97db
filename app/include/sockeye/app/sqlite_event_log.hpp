#pragma once

#include <sockeye/app/event_log.hpp>
#include <sockeye/engineio/shards.hpp>

#include <memory>
#include <string>

namespace sockeye::app {

struct sqlite_options {
    // Several processes of one machine may share a file, which must not be on a network's.
    std::string file = ":memory:";          // in memory: gone with the log
    milliseconds busy_timeout = seconds(5); // while another process writes
    std::size_t max_bytes = 0;              // of the file; beyond, appends fail. 0: no limit
};

// Throws std::runtime_error if the file cannot be used, or is of a newer version.
std::unique_ptr<event_log> sqlite_event_log(engineio::shards& shards, sqlite_options where = {},
                                            event_log_options options = {});

} // namespace sockeye::app
