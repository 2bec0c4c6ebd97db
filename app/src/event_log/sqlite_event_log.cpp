#include "event_log/queued_event_log.hpp"
#include "event_log/sqlite_database.hpp"

#include <atomic>

namespace sockeye::app {

namespace {

/// Of a database that several connections of this process share, and nobody else.
std::string new_name_in_memory() {
    static std::atomic<unsigned> last = 0;
    return "file:/sockeye-event-log-" + std::to_string(++last) + "?vfs=memdb";
}

} // namespace

std::unique_ptr<event_log> sqlite_event_log(engineio::shards& shards, sqlite_options where,
                                            event_log_options options) {
    options = with_defaults(std::move(options));
    if (where.file == ":memory:") where.file = new_name_in_memory();
    queued_event_log::connections databases{.writer = std::make_unique<sqlite_database>(where)};
    for (unsigned i = 0; i < options.readers; ++i)
        databases.readers.push_back(std::make_unique<sqlite_database>(where));
    return std::make_unique<queued_event_log>(shards, std::move(databases), std::move(options));
}

} // namespace sockeye::app
