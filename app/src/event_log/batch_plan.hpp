#pragma once

#include "event_log/rows.hpp"

#include <compare>
#include <vector>

namespace sockeye::app {

/// What the rows of a batch come to: for each session and for each total, in an order that is the
/// same for all instances, so that none waits for a row of another that waits for one of its own.
class batch_plan {
public:
    struct session_part {
        milliseconds last_activity{};
        const std::string* metadata = nullptr; // the last that was given, if any
        std::vector<event_row*> events = {};

        /// Numbers the events, given the last number that is taken.
        void number_after(std::uint64_t last) const;
    };
    struct usage_key {
        std::string_view user_id;
        std::string_view month;
        std::string_view counter;

        auto operator<=>(const usage_key&) const = default;
    };
    struct usage_part {
        std::int64_t amount = 0;
        std::vector<usage_row*> rows = {};

        /// Tells each row its total, given the last of them.
        void end_at(std::int64_t total) const;
    };

    void add(any_row& one);

    std::map<std::string_view, session_part> sessions = {};
    std::map<usage_key, usage_part> usage = {};

private:
    session_part& touch(const std::string& session_id, milliseconds at);
    void add_row(event_row& one);
    void add_row(session_row& one);
    void add_row(usage_row& one);
};

} // namespace sockeye::app
