#pragma once

#include "client.hpp"
#include "tcp_link.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace sockeye::bench {

// The loop that a run's clients live on.
class driver {
public:
    using sessions = std::vector<std::unique_ptr<client>>;

    driver(); // lets the process have as many descriptors as it may

    // Runs until `done` says so, for that long at most; gives whether it did, or something failed.
    bool run_until(const std::function<bool()>& done, double seconds);
    void run_for(double seconds);
    // `turn` by the clock, whatever has come back meanwhile.
    void run_at_intervals(double rate, double seconds, const std::function<void()>& turn);

    void open(const sessions& all, std::size_t count); // so that this many are open
    void close(const sessions& all);

    scoreboard board;
    reactor links;
};

constexpr double patience_s = 10; // for what is due

} // namespace sockeye::bench
