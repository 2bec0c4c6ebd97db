#include "logging/descriptor_sink.hpp"
#include "logging/line_formatter.hpp"

#include <sockeye/app/logging.hpp>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include <csignal>
#include <utility>

namespace sockeye::app {

namespace {

spdlog::level::level_enum level_of(engineio::log_level level) {
    switch (level) {
    case engineio::log_level::debug:
        return spdlog::level::debug;
    case engineio::log_level::info:
        return spdlog::level::info;
    case engineio::log_level::warning:
        return spdlog::level::warn;
    default:
        return spdlog::level::err;
    }
}

// Signals are for other threads; SIGPIPE, of a reader that has gone, is for nobody.
void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

} // namespace

struct log_writer::state {
    explicit state(log_options from)
        : options(std::move(from)), queue(std::make_shared<spdlog::details::thread_pool>(
                                        options.max_waiting, 1, block_signals)),
          sink(std::make_shared<descriptor_sink>(
              options.descriptor, [pool = queue.get()] { return pool->overrun_counter(); })),
          lines(std::make_shared<spdlog::async_logger>(
              "", sink, queue, spdlog::async_overflow_policy::overrun_oldest)) {
        sink->set_formatter(std::make_unique<line_formatter>(options.format, options.node));
        lines->set_level(level_of(options.level));
    }

    const log_options options;
    std::shared_ptr<spdlog::details::thread_pool> queue;
    const std::shared_ptr<descriptor_sink> sink;
    const std::shared_ptr<spdlog::async_logger> lines;
};

log_writer::log_writer(log_options options) : state_(std::make_unique<state>(std::move(options))) {}

log_writer::~log_writer() {
    state_->sink->end_by(std::chrono::steady_clock::now() + state_->options.close_timeout);
    state_->queue.reset(); // waits for what is in it
}

void log_writer::write(engineio::log_level level, std::string_view message) {
    const std::size_t most = state_->options.max_line_bytes;
    if (message.size() <= most)
        state_->lines->log(level_of(level), message);
    else
        state_->lines->log(level_of(level), std::string(message.substr(0, most)) + "…");
}

void log_writer::level(engineio::log_level from_here_on) {
    state_->lines->set_level(level_of(from_here_on));
}

std::uint64_t log_writer::dropped() const {
    return state_->queue->overrun_counter();
}

engineio::logger log_writer::logger() {
    return [this](engineio::log_level level, std::string_view line) { write(level, line); };
}

} // namespace sockeye::app
