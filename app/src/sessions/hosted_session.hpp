#pragma once

#include "sessions/kept_window.hpp"
#include "sessions/session_steps.hpp"
#include "waiting_line.hpp"

#include <memory>

namespace sockeye::app {

/// A session whose host is at this instance.
struct hosted_session {
    hosted_session(session_record made, engineio::shards& shards, const session_options& options)
        : session(std::move(made)), line(shards, options.max_waiting_events),
          kept(options.kept_events, options.kept_bytes) {}

    const session_record session; // as it was when the host came

    // Guarded by the lock of session_hosts.
    std::string connection;     // empty: the host is away
    std::uint64_t absences = 0; // which of them is the last
    bool over = false;          // it is hosted here no more

    waiting_line line;
    // Belong to who has the turn.
    std::uint64_t seq = 0;
    kept_window kept;
    bool certain = false; // false: the store may have another seq, or window
};
using hosted_ptr = std::shared_ptr<hosted_session>;

} // namespace sockeye::app
