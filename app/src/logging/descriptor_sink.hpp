#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string_view>

namespace sockeye::app {

/// Writes lines to a descriptor, on one thread, and says between them how many were dropped. Waits
/// for a reader that is slow, but after `end_by` no longer than until then.
class descriptor_sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    /// `dropped`: lines until now.
    descriptor_sink(int descriptor, std::function<std::size_t()> dropped);

    /// From any thread.
    void end_by(std::chrono::steady_clock::time_point time) { end_ = time.time_since_epoch(); }

private:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override {}

    void report_dropped();
    void put(const spdlog::details::log_msg& message);
    void write(std::string_view text) const;
    [[nodiscard]] bool wait_until_writable() const;
    [[nodiscard]] bool is_over() const;

    const int descriptor_;
    const std::function<std::size_t()> dropped_;
    std::size_t reported_ = 0;
    std::atomic<std::chrono::steady_clock::duration> end_{
        std::chrono::steady_clock::duration::max()};
};

} // namespace sockeye::app
