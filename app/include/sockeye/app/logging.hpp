#pragma once

#include <sockeye/app/config.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sockeye::app {

struct log_options {
    engineio::log_level level = engineio::log_level::info; // and what is worse
    log_format format = log_format::text;
    std::string node = {}; // this instance, for JSON
    int descriptor = 2;    // where lines go
    // Lines that wait because the descriptor takes no more. Over it the oldest are dropped, and
    // how many is the next line that is written.
    std::size_t max_waiting = 4096;
    std::size_t max_line_bytes = 4096;       // of a message; more is cut off
    milliseconds close_timeout = seconds(1); // for what is still to be written at the end
};

// Writes lines, one a message, on a thread of its own: whoever logs never waits for the reader.
//
//     2026-01-31T12:00:00.000Z warning cannot reach Redis
//     {"time":"2026-01-31T12:00:00.000Z","level":"warning","message":"…","node":"…"}
class log_writer {
public:
    explicit log_writer(log_options options = {});
    ~log_writer();
    log_writer(const log_writer&) = delete;
    log_writer& operator=(const log_writer&) = delete;

    // From any thread.
    void write(engineio::log_level level, std::string_view message);
    void level(engineio::log_level from_here_on);
    [[nodiscard]] std::uint64_t dropped() const;

    // For the layers below; not to be called after this' end.
    [[nodiscard]] engineio::logger logger();

private:
    struct state;
    const std::unique_ptr<state> state_;
};

} // namespace sockeye::app
