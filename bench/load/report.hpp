#pragma once

#include "process_meter.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace sockeye::bench {

// As JSON.
std::string quoted(const std::string& text);

// Named figures in the order of their addition.
class report {
public:
    void add(std::string name, double value) { figures_.emplace_back(std::move(name), value); }

    // Members of a JSON object. Leaves the figures out if there was a failure: nothing may be
    // concluded from them.
    [[nodiscard]] std::string outcome(const std::string& failure) const;

private:
    std::vector<std::pair<std::string, double>> figures_;
};

// What the server, this driver and the machine spend from its making until `end`.
class measurement {
public:
    explicit measurement(pid_t server);
    void end();

    // Server CPU time per unit as `name`, with its user and system parts, and what tells whether
    // the figure may be trusted: the driver's own cost and what others did on the machine.
    void report_per(report& r, const char* name, double units) const;

    [[nodiscard]] double server_seconds() const { return server_cpu_.total; }
    [[nodiscard]] double wall_seconds() const { return wall_s_; }

private:
    pid_t server_;
    cpu_reading server_cpu_, driver_cpu_;
    machine_reading machine_;
    std::chrono::steady_clock::time_point started_;
    double wall_s_ = 0;
};

} // namespace sockeye::bench
