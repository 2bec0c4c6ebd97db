#pragma once

#include <sockeye/app/sessions.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace sockeye::app {

/// Puts the events of one session in order, as they come: some may come twice, early, or never.
class event_feed {
public:
    using events = std::vector<session_event_ptr>;
    struct range {
        std::uint64_t first;
        std::uint64_t last;
        bool operator==(const range&) const = default;
    };

    /// `position`: the last event that is not to be given any more; none: whatever comes first
    /// begins. Until then events wait. Gives those that are next.
    events start(std::optional<std::uint64_t> position);
    /// Gives those that are next now.
    events take(session_event_ptr event);
    /// What is missing before the earliest event that waits.
    [[nodiscard]] std::optional<range> gap() const;
    /// Gives up what is missing up to `last`, or to the earliest event that waits if that comes
    /// before. The range is what was lost.
    std::optional<range> skip(std::uint64_t last);
    /// Those that are next after a skip.
    events next();

    [[nodiscard]] std::uint64_t position() const { return position_; }

private:
    enum class beginning : std::uint8_t { waited_for, with_the_first, over };
    static constexpr std::size_t max_waiting = 64; // of early ones the latest are dropped

    beginning beginning_ = beginning::waited_for;
    std::uint64_t position_ = 0; // the last event that was given
    std::map<std::uint64_t, session_event_ptr> waiting_;
};

} // namespace sockeye::app
