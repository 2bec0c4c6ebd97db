#pragma once

#include <sockeye/app/config.hpp>

#include <spdlog/pattern_formatter.h>

#include <memory>
#include <string>

namespace sockeye::app {

/// Makes a line of a message, whatever is in it: text for people, or JSON for programs.
class line_formatter final : public spdlog::formatter {
public:
    line_formatter(log_format format, std::string node);

    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& into) override;
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override;

private:
    const log_format format_;
    const std::string node_;
    spdlog::pattern_formatter lines_; // of messages that are escaped already
};

} // namespace sockeye::app
