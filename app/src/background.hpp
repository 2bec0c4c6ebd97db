#pragma once

#include <sockeye/app/context.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace sockeye::app {

/// Work of a service that nobody waits for. What it throws goes to the log, but not over and over:
/// while the store is away, everything fails for the same reason.
class background {
public:
    background(const context& on, std::string service);

    void run(task<> work) const;
    /// Runs what `work` begins after `delay`, unless the owner has ended or retired by then.
    void later(const std::weak_ptr<const void>& owner, milliseconds delay,
               std::function<task<>()> work) const;
    void retire() { retired_ = true; }

private:
    class failure_log;
    engineio::shards& shards_;
    const std::shared_ptr<failure_log> failures_;
    std::atomic<bool> retired_ = false;
};

} // namespace sockeye::app
