#pragma once

#include <sockeye/app/context.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace sockeye::app {

/// Work of a service that nobody waits for. What it throws goes to the log.
class background {
public:
    background(const context& on, std::string service)
        : shards_(on.shards), log_(on.log), service_(std::move(service)) {}

    void run(task<> work) const;
    /// Runs what `work` begins after `delay`, unless the owner has ended or retired by then.
    void later(const std::weak_ptr<const void>& owner, milliseconds delay,
               std::function<task<>()> work) const;
    void retire() { retired_ = true; }
    void warn(const std::string& what) const;

private:
    engineio::shards& shards_;
    const std::function<void(engineio::log_level, std::string_view)> log_;
    const std::string service_;
    std::atomic<bool> retired_ = false;
};

} // namespace sockeye::app
