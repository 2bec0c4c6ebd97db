#pragma once

#include "gate.hpp"
#include "only_one.hpp"
#include "sessions/event_feed.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sockeye::app {

/// A session that has listeners at this instance. Guarded by the lock of session_listeners.
struct listened_session {
    listened_session(std::string of, engineio::shards& shards)
        : id(std::move(of)), opened(shards) {}

    struct listener {
        std::uint64_t joining = 0; // which joining made it one
        bool welcome = false;      // is told what comes; before that, it is held
        event_feed::events held = {};
        bool stays = false; // joins again, and goes on as before if that fails
    };

    /// Those that are told.
    std::shared_ptr<const session_audience::connections> audience();
    void changed() { audience_ = nullptr; }

    const std::string id;
    std::optional<store::subscription_id> subscription;
    std::map<std::string, listener> listeners; // by connection
    event_feed feed;
    gate opened;                           // when events come, and the feed has begun
    std::atomic<bool> fetching = false;    // what is missing
    unsigned silences = 0;                 // in how many checks in a row the heart was still
    bool over = false;                     // no listeners any more
    std::optional<std::string> end_reason; // of the session

private:
    std::shared_ptr<const session_audience::connections> audience_;
};
using listened_ptr = std::shared_ptr<listened_session>;

inline std::shared_ptr<const session_audience::connections> listened_session::audience() {
    if (audience_) return audience_;
    session_audience::connections welcome;
    for (const auto& [connection, state] : listeners)
        if (state.welcome) welcome.push_back(connection);
    audience_ = std::make_shared<const session_audience::connections>(std::move(welcome));
    return audience_;
}

} // namespace sockeye::app
