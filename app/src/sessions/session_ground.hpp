#pragma once

#include "background.hpp"
#include "outbox.hpp"
#include "sessions/session_steps.hpp"

namespace sockeye::app {

/// What the hosts' side and the listeners' side of sessions stand on.
struct session_ground {
    session_ground(const context& given, session_audience& told, const session_options& wanted,
                   event_log* log)
        : on(given), audience(told), options(wanted), history(log), tellings(given.shards),
          work(given, "sessions") {}

    /// As the store has it, if it can be joined; throws service_error if not.
    task<session_record> find(std::string id);
    /// Throws SESSION_NOT_FOUND.
    task<std::string> id_of(std::string code);

    const context on;
    session_audience& audience;
    const session_options options;
    event_log* const history; // null: none is kept
    outbox tellings;
    background work;
};

/// Throw service_error.
[[noreturn]] void throw_not_found();
[[noreturn]] void throw_ended(const std::string& reason);
void require_id(const std::string& id);
void require_connection(const std::string& connection);

/// Drawn at random, without letters and digits that are taken for each other.
[[nodiscard]] std::string draw_code(std::size_t length);

} // namespace sockeye::app
