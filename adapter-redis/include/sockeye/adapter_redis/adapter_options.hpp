#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace sockeye::adapter_redis {

// What the adapters of all kinds have in common.
struct adapter_options {
    // How long the answers of other servers are awaited, and Redis's count of them.
    std::chrono::milliseconds request_timeout = std::chrono::seconds(5);
    // Of what other servers say and not all of this one's shards have done yet, per namespace; more
    // is dropped, counted and logged. One message may be larger where nothing else waits.
    std::size_t max_incoming_bytes = 16 * 1024 * 1024;
    // Called once for each namespace, on a thread of the link, when this server hears what others
    // say in it.
    std::function<void(const std::string& nsp)> ready = {};
};

} // namespace sockeye::adapter_redis
