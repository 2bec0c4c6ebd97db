#pragma once

#include <sockeye/app/event_log.hpp>
#include <sockeye/engineio/shards.hpp>

#include <memory>
#include <string>

namespace sockeye::app {

struct postgres_options {
    std::string url = {}; // postgresql://user:password@host/name, or as libpq knows it otherwise
    // For each statement. Whoever takes longer is taken for hung, and left.
    milliseconds write_timeout = seconds(5);
    milliseconds read_timeout = seconds(30);
};

// Connects by itself, soon, and again whenever it must: see health().
std::unique_ptr<event_log> postgres_event_log(engineio::shards& shards, postgres_options where,
                                              event_log_options options = {});

} // namespace sockeye::app
