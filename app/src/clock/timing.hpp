#pragma once

#include <sockeye/app/shared_clock.hpp>

#include <optional>
#include <string>

namespace sockeye::app {

/// Where a transport is, at any moment.
struct timing {
    bool playing = false;
    double tempo = 0;
    milliseconds start_time{}; // since when it has been as it is
    milliseconds position{};   // then

    [[nodiscard]] milliseconds position_at(milliseconds now) const {
        return playing && now > start_time ? position + (now - start_time) : position;
    }
    /// The same, but from now on.
    [[nodiscard]] timing as_of(milliseconds now) const {
        return {
            .playing = playing, .tempo = tempo, .start_time = now, .position = position_at(now)};
    }
    [[nodiscard]] clock_state state(std::string session_id, milliseconds now) const {
        return {.session_id = std::move(session_id),
                .is_playing = playing,
                .tempo = tempo,
                .position = position_at(now),
                .start_time = start_time,
                .timestamp = now};
    }

    bool operator==(const timing&) const = default;
};

} // namespace sockeye::app
