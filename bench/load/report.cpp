#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace sockeye::bench {
namespace {

std::string shown(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

} // namespace

std::string quoted(const std::string& text) {
    std::string r = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        char escaped[8];
        if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
            r += c;
        } else {
            std::snprintf(escaped, sizeof escaped, "\\u%04x", byte);
            r += escaped;
        }
    }
    return r + '"';
}

std::string report::outcome(const std::string& failure) const {
    if (!failure.empty()) return "\"ok\":false,\"failure\":" + quoted(failure);
    std::string r = "\"ok\":true,\"figures\":{";
    for (std::size_t i = 0; i < figures_.size(); ++i)
        r += std::string(i == 0 ? "" : ",") + '"' + figures_[i].first +
             "\":" + shown(figures_[i].second);
    return r + "}";
}

measurement::measurement(pid_t server)
    : server_(server), server_cpu_(read_cpu(server)), driver_cpu_(read_cpu(getpid())),
      machine_(read_machine()), started_(std::chrono::steady_clock::now()) {}

void measurement::end() {
    server_cpu_ = read_cpu(server_) - server_cpu_;
    driver_cpu_ = read_cpu(getpid()) - driver_cpu_;
    machine_ = read_machine() - machine_;
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - started_;
    wall_s_ = wall.count();
}

void measurement::report_per(report& r, const char* name, double units) const {
    const double each_us = 1e6 / std::max(units, 1.0);
    const double split = std::max(server_cpu_.user + server_cpu_.system, 1e-9);
    const double others = machine_.busy - server_cpu_.total - driver_cpu_.total;
    r.add(name, server_cpu_.total * each_us);
    r.add("of_it_user_us", server_cpu_.total * each_us * server_cpu_.user / split);
    r.add("of_it_system_us", server_cpu_.total * each_us * server_cpu_.system / split);
    r.add("units", units);
    r.add("units_per_second", units / std::max(wall_s_, 1e-9));
    r.add("server_cores", server_cpu_.total / std::max(wall_s_, 1e-9));
    r.add("driver_cpu_us", driver_cpu_.total * each_us);
    r.add("others_share", std::max(others, 0.0) / std::max(machine_.all, 1e-9));
}

} // namespace sockeye::bench
