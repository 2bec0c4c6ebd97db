#pragma once

#include "../app/spread.hpp"
#include "options.hpp"

#include <sockeye/app/event_log.hpp>
#include <sockeye/engineio/shards.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <string>

namespace sockeye::bench {

// Appends from an event loop, as the handlers of a server would, and looks every millisecond
// whether the loop is held up.
class append_run {
public:
    append_run(engineio::shards& loop, app::event_log& log, const log_options& o)
        : loop_(loop), log_(log), options_(o) {}

    // The failure, empty if there was none.
    std::string run(report& r);

private:
    using steady = std::chrono::steady_clock;

    void begin();
    void turn();
    void note_stall(steady::time_point now);
    void append_due(steady::time_point now);
    void append();
    void take(steady::time_point asked, const socketio::outcome<app::logged_event>& done);
    [[nodiscard]] bool is_over(double of_seconds) const;

    engineio::shards& loop_;
    app::event_log& log_;
    const log_options& options_;
    // The rest belongs to the loop.
    steady::time_point begun_;
    steady::time_point turned_;
    bool appending_ = false;
    std::uint64_t asked_ = 0;
    std::uint64_t waiting_ = 0;
    std::uint64_t most_waiting_ = 0;
    double append_s_ = 0; // what the calls themselves take
    std::string failure_;
    spread answers_, stalls_, stalls_alone_;
    std::promise<void> over_;
};

} // namespace sockeye::bench
