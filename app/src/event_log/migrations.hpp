#pragma once

#include <span>
#include <stdexcept>
#include <string>

namespace sockeye::app {

/// What brings a database from one version to the next: the first makes version 1 of an empty one.
/// Once released, a step is never changed.
using migrations = std::span<const char* const>;

/// Those that are missing. Throws where the database is ahead.
inline migrations missing(migrations all, std::size_t version) {
    if (version > all.size())
        throw std::runtime_error("the event log's database is of version " +
                                 std::to_string(version) + ", this program only knows " +
                                 std::to_string(all.size()));
    return all.subspan(version);
}

} // namespace sockeye::app
