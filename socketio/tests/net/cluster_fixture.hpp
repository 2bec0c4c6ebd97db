#pragma once

// Three servers joined by a bus. Time passes for heartbeats when a test says so.

#include "net/in_process_bus.hpp"
#include "net/server_group.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace sockeye::socketio {

struct cluster_kind {
    std::string name;
    bool heartbeats;
    unsigned threads; // of each server
};

// What the servers' adapters use, so that it outlives them.
struct cluster_medium {
    in_process_bus bus;
    std::atomic<std::int64_t> elapsed = 0; // ms, for heartbeats
};

class cluster_fixture : public cluster_medium, public server_group {
public:
    explicit cluster_fixture(cluster_kind kind = {"counted", false, 1},
                             cluster_options options = {})
        : server_group(
              [this, heartbeats = kind.heartbeats, options](const std::string& name,
                                                            local_namespace& local) {
                  return make(heartbeats, options, name, local);
              },
              kind.threads),
          heartbeats_(kind.heartbeats) {
        connect();
    }

    [[nodiscard]] bool heartbeats() const { return heartbeats_; }
    // For heartbeats. The servers look at the clock all the time.
    void pass(std::chrono::milliseconds time) { elapsed += time.count(); }

private:
    std::unique_ptr<adapter> make(bool heartbeats, const cluster_options& options,
                                  const std::string& name, local_namespace& local) {
        if (!heartbeats) return std::make_unique<counting_bus_adapter>(bus, name, local, options);
        return std::make_unique<heartbeat_bus_adapter>(
            bus, name, local, options,
            heartbeat_options{.check_interval = 1ms, .now = [this] {
                                  return engineio::time_point() +
                                         std::chrono::milliseconds(elapsed);
                              }});
    }

    const bool heartbeats_;
};

// The same test over everything that a cluster can be.
inline void in_every_cluster(const std::function<void(cluster_fixture&)>& test,
                             cluster_options options = {}) {
    for (const cluster_kind& kind :
         {cluster_kind{"counted", false, 1}, cluster_kind{"counted, three shards", false, 3},
          cluster_kind{"heartbeats", true, 1}}) {
        INFO("cluster: ", kind.name);
        cluster_fixture at(kind, options);
        test(at);
    }
}

} // namespace sockeye::socketio
