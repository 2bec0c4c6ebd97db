#include "io/link_connection.hpp"

#include "io/sentinel.hpp"

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
      state_(options, *this, purpose, std::random_device()()), timer_(context),
      watch_again_(context) {}

void link_connection::start() {
    state_.start(now());
}

void link_connection::stop() {
    state_.stop();
    timer_.cancel();
}

void link_connection::connect() {
    spawn(run(attempt_));
}

void link_connection::spawn(asio::awaitable<void> work) {
    auto ended = [this, attempt = attempt_](const std::exception_ptr& unforeseen) {
        if (!unforeseen) return;
        try {
            std::rethrow_exception(unforeseen);
        } catch (const std::exception& failure) {
            on_end(attempt, failure.what());
        }
    };
    asio::co_spawn(context_, std::move(work), std::move(ended));
}

void link_connection::disconnect() {
    ++attempt_;
    if (stream_) stream_->close();
    stream_.reset();
    if (watched_) watched_->close();
    watched_.reset();
    watch_again_.cancel();
    writing_ = false;
    to_write_.clear();
}

link_connection::stream_ptr link_connection::open_stream(const redis_address& to) {
    stream_ = std::make_shared<link_stream>(context_, tls_, options_, to);
    return stream_;
}

asio::awaitable<std::optional<redis_address>> link_connection::find_master(std::uint64_t attempt) {
    for (const redis_address& sentinel : options_.sentinel->nodes) {
        if (attempt != attempt_) break;
        const stream_ptr stream = open_stream(sentinel);
        if (auto master = co_await ask_sentinel(*stream, *options_.sentinel)) co_return master;
    }
    co_return std::nullopt;
}

asio::awaitable<void> link_connection::run(std::uint64_t attempt) {
    std::optional<redis_address> to = redis_address{options_.host, options_.port};
    if (options_.sentinel) to = co_await find_master(attempt);
    if (attempt != attempt_) co_return;
    if (!to) co_return on_end(attempt, "no sentinel knows where it is");
    const stream_ptr stream = open_stream(*to);
    const error_code failure = co_await stream->connect();
    if (failure) co_return on_end(attempt, failure.message());
    if (attempt != attempt_) co_return;
    state_.on_connected(now());
    reply_reader reader;
    std::array<char, 16 * 1024> buffer;
    while (attempt == attempt_) {
        const auto [error, size] = co_await stream->read(asio::buffer(buffer));
        if (error) co_return on_end(attempt, error.message());
        if (attempt != attempt_) co_return;
        state_.on_input(now());
        reader.feed({buffer.data(), size});
        take_replies(attempt, reader);
    }
}

void link_connection::ready() {
    if (options_.sentinel) spawn(watch_master(attempt_));
    user_.on_ready();
}

// A master that has been replaced may still answer, or hang.
asio::awaitable<void> link_connection::watch_master(std::uint64_t attempt) {
    const auto& sentinels = options_.sentinel->nodes;
    for (std::size_t i = 0; attempt == attempt_; ++i) {
        const redis_address& sentinel = sentinels[i % sentinels.size()];
        const auto watched = std::make_shared<link_stream>(context_, tls_, options_, sentinel);
        watched_ = watched;
        const bool switched = co_await hear_switch(*watched, *options_.sentinel);
        if (attempt != attempt_) co_return;
        if (switched) co_return on_end(attempt, "another one is the master now");
        if ((i + 1) % sentinels.size() != 0) continue; // there is another one
        watch_again_.expires_after(options_.max_reconnect_delay);
        co_await watch_again_.async_wait(as_result);
    }
}

void link_connection::take_replies(std::uint64_t attempt, reply_reader& reader) {
    while (attempt == attempt_) {
        reply next;
        switch (reader.next(next)) {
        case read_status::need_more:
            return;
        case read_status::error:
            return on_end(attempt, "not what Redis says");
        case read_status::reply:
            state_.is_greeting() ? state_.on_greeting(next, now())
                                 : user_.on_reply(std::move(next));
        }
    }
}

void link_connection::on_end(std::uint64_t attempt, std::string_view why) {
    if (attempt == attempt_) state_.on_lost(why, now());
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
    stream_->write(*bytes, [this, bytes, attempt = attempt_](const error_code& error, std::size_t) {
        if (attempt != attempt_) return;
        writing_ = false;
        if (error) return on_end(attempt, error.message());
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
