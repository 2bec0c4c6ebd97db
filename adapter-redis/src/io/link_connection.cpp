#include "io/link_connection.hpp"

#include <boost/asio/co_spawn.hpp>

#include <array>
#include <random>

namespace sockeye::adapter_redis {

namespace {

time_point now() {
    return std::chrono::steady_clock::now();
}

} // namespace

link_connection::link_connection(io_context& context, asio::ssl::context& tls,
                                 const redis_options& options, std::string_view purpose,
                                 link_user& user)
    : context_(context), tls_(tls), options_(options), user_(user),
      state_(options, *this, purpose, std::random_device()()), timer_(context) {}

void link_connection::start() {
    state_.start(now());
}

void link_connection::stop() {
    state_.stop();
    timer_.cancel();
}

void link_connection::connect() {
    stream_ = std::make_shared<link_stream>(context_, tls_, options_);
    auto ended = [this, stream = stream_](const std::exception_ptr& unforeseen) {
        if (!unforeseen) return;
        try {
            std::rethrow_exception(unforeseen);
        } catch (const std::exception& failure) {
            on_end(stream, failure.what());
        }
    };
    asio::co_spawn(context_, run(stream_), std::move(ended));
}

void link_connection::disconnect() {
    stream_->close();
    stream_.reset();
    writing_ = false;
    to_write_.clear();
}

asio::awaitable<void> link_connection::run(stream_ptr stream) {
    const error_code failure = co_await stream->connect();
    if (failure) co_return on_end(stream, failure.message());
    if (stream != stream_) co_return;
    state_.on_connected(now());
    reply_reader reader;
    std::array<char, 16 * 1024> buffer;
    while (stream == stream_) {
        const auto [error, size] = co_await stream->read(asio::buffer(buffer));
        if (error) co_return on_end(stream, error.message());
        if (stream != stream_) co_return;
        state_.on_input(now());
        reader.feed({buffer.data(), size});
        take_replies(stream, reader);
    }
}

void link_connection::take_replies(const stream_ptr& stream, reply_reader& reader) {
    while (stream == stream_) {
        reply next;
        switch (reader.next(next)) {
        case read_status::need_more:
            return;
        case read_status::error:
            return on_end(stream, "not what Redis says");
        case read_status::reply:
            state_.is_greeting() ? state_.on_greeting(next, now())
                                 : user_.on_reply(std::move(next));
        }
    }
}

void link_connection::on_end(const stream_ptr& stream, std::string_view why) {
    if (stream == stream_) state_.on_lost(why, now());
}

void link_connection::greet(std::initializer_list<std::string_view> command) {
    append_command(to_write_, command);
    if (!writing_) flush();
}

void link_connection::write(std::string bytes) {
    to_write_ += bytes;
    if (!writing_) flush();
}

void link_connection::flush() {
    writing_ = true;
    // The bytes must stay where they are until the stream is done with them, and may outlive the
    // attempt.
    auto bytes = std::make_shared<std::string>(std::exchange(to_write_, {}));
    stream_->write(*bytes, [this, bytes, stream = stream_](const error_code& error, std::size_t) {
        if (stream != stream_) return;
        writing_ = false;
        if (error) return on_end(stream, error.message());
        if (!to_write_.empty()) return flush();
        if (is_ready()) user_.on_written();
    });
}

void link_connection::wake_at(time_point when) {
    timer_.expires_at(when);
    timer_.async_wait([this](const error_code& error) {
        if (!error) state_.on_deadline(now());
    });
}

void link_connection::report(engineio::log_level level, const std::string& line) {
    options_.log(level, line);
}

} // namespace sockeye::adapter_redis
