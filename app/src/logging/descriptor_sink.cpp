#include "logging/descriptor_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace sockeye::app {

descriptor_sink::descriptor_sink(int descriptor, std::function<std::size_t()> dropped)
    : descriptor_(descriptor), dropped_(std::move(dropped)) {}

void descriptor_sink::sink_it_(const spdlog::details::log_msg& message) {
    report_dropped();
    put(message);
}

void descriptor_sink::report_dropped() {
    const std::size_t dropped = dropped_();
    if (dropped == reported_) return;
    const std::string text =
        std::to_string(dropped - reported_) +
        " lines of the log were dropped, because they are not taken fast enough";
    reported_ = dropped;
    put({"", spdlog::level::warn, text});
}

void descriptor_sink::put(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    write({line.data(), line.size()});
}

// A pipe that can be written to takes PIPE_BUF bytes at once; with more, a write could block for
// good. A line that cannot be written is lost: there is no place left to say so.
void descriptor_sink::write(std::string_view text) const {
    while (!text.empty() && wait_until_writable()) {
        const auto written =
            ::write(descriptor_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
        if (written > 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR && errno != EAGAIN)
            return;
    }
}

bool descriptor_sink::wait_until_writable() const {
    constexpr int time_to_look_at_end_ms = 20;
    while (!is_over()) {
        pollfd asked{.fd = descriptor_, .events = POLLOUT};
        if (::poll(&asked, 1, time_to_look_at_end_ms) > 0) return true;
    }
    return false;
}

bool descriptor_sink::is_over() const {
    return std::chrono::steady_clock::now().time_since_epoch() > end_.load();
}

} // namespace sockeye::app
