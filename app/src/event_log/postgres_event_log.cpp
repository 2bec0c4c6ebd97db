#include "event_log/postgres_database.hpp"
#include "event_log/queued_event_log.hpp"

#include <sockeye/app/postgres_event_log.hpp>
#include <sockeye/engineio/random_id.hpp>

namespace sockeye::app {

std::unique_ptr<event_log> postgres_event_log(engineio::shards& shards, postgres_options where,
                                              event_log_options options) {
    options = with_defaults(std::move(options));
    queued_event_log::connections databases{
        .writer = std::make_unique<postgres_database>(where.url, where.write_timeout,
                                                      engineio::random_id())};
    for (unsigned i = 0; i < options.readers; ++i)
        databases.readers.push_back(
            std::make_unique<postgres_database>(where.url, where.read_timeout));
    return std::make_unique<queued_event_log>(shards, std::move(databases), std::move(options));
}

} // namespace sockeye::app
