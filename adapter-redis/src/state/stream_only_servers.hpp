#pragma once

#include "state/peers.hpp"

#include <sockeye/socketio/cluster_message.hpp>

#include <chrono>
#include <mutex>
#include <string>

namespace sockeye::adapter_redis {

// Servers with version 0.2 of Node's adapter, which know no Pub/Sub: they ask through the stream,
// hear answers there alone, and wait for those servers whose heartbeats they have heard there.
class stream_only_servers {
public:
    using time_point = std::chrono::steady_clock::time_point;

    // Notes who says what only they say in a stream. True: they are to hear that this server is
    // there.
    bool on_entry(const socketio::cluster_message& message, time_point now);
    [[nodiscard]] bool has(const std::string& uid) const;
    // Whether any has been told that this server is there.
    [[nodiscard]] bool know_of_us() const;

private:
    mutable std::mutex mutex_;
    socketio::peers known_{std::chrono::seconds(10)}; // as they forget each other
    time_point last_beat_{};
    bool know_of_us_ = false;
};

} // namespace sockeye::adapter_redis
