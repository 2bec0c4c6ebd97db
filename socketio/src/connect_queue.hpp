#pragma once

#include <chrono>
#include <list>

namespace sockeye::socketio {

class client;

// A client that has joined no namespace yet, and until when it may go on like that. All wait equally
// long, so that the queue is in order, and one timer a shard serves it.
struct waiting_client {
    client* who;
    std::chrono::steady_clock::time_point deadline;
};
using connect_queue = std::list<waiting_client>;

} // namespace sockeye::socketio
