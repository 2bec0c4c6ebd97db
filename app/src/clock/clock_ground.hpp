#pragma once

#include "background.hpp"
#include "clock/clock_steps.hpp"
#include "outbox.hpp"

namespace sockeye::app {

/// What the parts of a shared clock stand on.
struct clock_ground {
    clock_ground(const context& given, clock_audience& told, const clock_options& wanted)
        : on(given), audience(told), options(wanted), tellings(given.shards), work(given, "clock") {
    }

    /// What the store has of all of these; also lets them live on, if that is wanted.
    task<std::vector<clock_steps::stored_timing>> look(std::vector<std::string> sessions,
                                                       bool live_on = false);

    const context on;
    clock_audience& audience;
    const clock_options options;
    outbox tellings;
    background work;
};

} // namespace sockeye::app
