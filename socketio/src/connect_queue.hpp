#pragma once

#include <boost/intrusive/list.hpp>

#include <chrono>

namespace sockeye::socketio {

class client;

// A client that has joined no namespace yet, and until when it may go on like that. All wait
// equally long, so that the queue is in order, and one timer a shard serves it.
struct waiting_client
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    client* who = nullptr;
    std::chrono::steady_clock::time_point deadline;
};
using connect_queue =
    boost::intrusive::list<waiting_client, boost::intrusive::constant_time_size<false>>;

} // namespace sockeye::socketio
