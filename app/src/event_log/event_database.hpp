#pragma once

#include "event_log/batch_plan.hpp"

#include <stdexcept>

namespace sockeye::app {

/// The database is away, or does not work at the moment: to be tried again.
class database_away : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The database does not take what is to be written, and never will.
class write_refused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A connection to a database, which is opened, and brought to this version, when it is needed.
/// Members wait for the database, and throw one of the above. For one thread at a time.
class event_database {
public:
    virtual ~event_database() = default;

    /// Returns if the database answers.
    virtual void check() = 0;

    /// Writes all or nothing, and returns when it is on disk; the rows have their numbers then. A
    /// batch whose fate is not known is tried again under the same number: what was written in fact
    /// is not written again, and the rows keep the numbers that they have.
    virtual void apply(std::uint64_t batch_number, const batch_plan& plan) = 0;

    struct page {
        std::string session_id;
        std::uint64_t after = 0;
        std::size_t limit = 0;
        std::size_t max_bytes = 0; // reached with the last event, if at all
    };
    virtual std::vector<logged_event> events(const page& which) = 0;
    virtual std::vector<logged_session> active_sessions(milliseconds since, std::size_t limit) = 0;
    virtual usage_totals usage(const std::string& user_id, const std::string& month) = 0;

    /// Removes up to so many sessions with all that they have; how many there were.
    virtual std::uint64_t remove_inactive(milliseconds before, std::size_t limit) = 0;
};

} // namespace sockeye::app
