#pragma once

#include "io/asio.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <sys/epoll.h>

namespace sockeye::engineio {

// Something with a descriptor that wants to know when it can be read or written.
class pollable {
public:
    // Told once per change (edge-triggered): read until nothing is left, or remember to.
    virtual void on_ready(std::uint32_t epoll_events) = 0;

protected:
    ~pollable() = default;
};

// Readiness of a shard's connections: an epoll set of their own, whose descriptor is the one that
// Asio waits for. A connection is registered once, where Asio's socket would ask the kernel anew,
// and allocate, for every wait: that is a tenth of an echo's cost, and 300 bytes of an idle
// connection (docs/decisions/0002-own-epoll-set.md).
class poller {
public:
    explicit poller(asio::io_context& context);
    // `owner` holds this object: what the loop still does when it has gone is nothing.
    // `after_batch` is called when all that was ready together has been told.
    void start(std::weak_ptr<void> owner, std::function<void()> after_batch);

    // False: the system has no room for it (errno says why).
    [[nodiscard]] bool add(int descriptor, pollable& target);
    // No call comes any more, not even for what was noticed already.
    void remove(int descriptor, pollable& target);
    void stop();
    // Tells what is ready now. A task that other threads posted may have overtaken it.
    void catch_up() { run_batch(); }
    [[nodiscard]] bool in_batch() const { return size_ > 0; }

private:
    void wait();
    void run_batch();

    std::weak_ptr<void> owner_;
    std::function<void()> after_batch_;
    asio::posix::basic_stream_descriptor<executor> set_;
    std::array<epoll_event, 256> batch_;
    int next_ = 0; // in the batch under way
    int size_ = 0;
};

} // namespace sockeye::engineio
