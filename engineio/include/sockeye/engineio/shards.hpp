#pragma once

#include <sockeye/engineio/timed.hpp>

#include <chrono>
#include <functional>

namespace sockeye::engineio {

// The home threads of a server. A session lives on one shard from birth to death: its handler calls
// come on that shard's thread, and it may be touched there only. What another thread wants of it is
// posted as a message.
class shards {
public:
    static constexpr unsigned none = ~0u;

    virtual ~shards() = default;
    [[nodiscard]] virtual unsigned size() const = 0;
    // The shard whose thread is calling, or `none`.
    [[nodiscard]] virtual unsigned current() const = 0;
    // Runs `task` on that shard soon; tasks posted by one thread run in order. From any thread.
    // What is posted after the end of the server is destroyed without being run.
    virtual void post(unsigned shard, std::function<void()> task) = 0;
    // Runs `task` after at least `delay`. From any thread.
    virtual void post_after(unsigned shard, std::chrono::milliseconds delay,
                            std::function<void()> task) = 0;
    // Calls the entry's on_timer on this shard, up to 10 ms after the delay; sets it anew where it
    // is waiting already. Made for deadlines that are rarely met: setting and cancelling one is a
    // few pointer writes. From a shard's own thread.
    virtual void set_timer(timed& entry, std::chrono::milliseconds delay) = 0;
    virtual void cancel_timer(timed& entry) = 0;
};

} // namespace sockeye::engineio
