#include "io/shard.hpp"

#include "codec/http_response_writer.hpp"
#include "io/connection.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <ctime>
#include <utility>

namespace sockeye::engineio {

namespace {

constexpr std::size_t looked_ahead = 16; // connections

} // namespace

shard::shard(unsigned index, asio::io_context& context)
    : index_(index), context_(context), now_(std::chrono::steady_clock::now()), wheel_(now_),
      timer_(context), poller_(context),
      read_buffer_(std::make_unique<std::array<char, read_buffer_size>>()) {}

shard::~shard() = default;

void shard::post(std::function<void()> task) {
    asio::post(context_, [self = shared_from_this(), task = std::move(task)] { self->run(task); });
}

void shard::run(const std::function<void()>& task) {
    touch();
    task();
    fresh_ = false;
}

void shard::post_after(std::chrono::milliseconds delay, std::function<void()> task) {
    // A timer of its own, exact where the wheel is coarse: these are few, and the application's.
    auto timer = std::make_shared<steady_timer>(context_, delay);
    timer->async_wait(
        [self = shared_from_this(), timer, task = std::move(task)](const error_code& ec) {
            if (!ec) self->run(task);
        });
}

void shard::set_timer(timed& entry, time_point deadline) {
    const time_point due = wheel_.set(entry, deadline);
    if (!quit_ && (!timer_at_ || due < *timer_at_)) arm(due);
}

void shard::arm(time_point deadline) {
    timer_at_ = deadline;
    timer_.expires_at(deadline);
    timer_.async_wait([self = weak_from_this()](const error_code& ec) {
        if (const auto alive = self.lock()) alive->run_timers(ec);
    });
}

void shard::start() {
    poller_.start(weak_from_this(), [this] { end_turn(); });
}

void shard::quit() {
    quit_ = true;
    timer_.cancel();
    poller_.stop();
}

void shard::run_timers(const error_code& ec) {
    if (ec || quit_) return; // armed anew for an earlier deadline, or stopping
    touch();
    timer_at_.reset();
    wheel_.advance(now_);
    if (const auto next = wheel_.next())
        if (!timer_at_ || *next < *timer_at_) arm(*next);
    fresh_ = false;
}

void shard::at_turn_end(std::function<void()> task) {
    see_to_turn_end();
    turn_end_tasks_.push_back(std::move(task));
}

void shard::flush_later(connection& target) {
    see_to_turn_end();
    to_flush_.emplace_back(&target);
}

// A batch of the poller's ends its turn itself.
void shard::see_to_turn_end() {
    if (turn_end_comes_ || poller_.in_batch()) return;
    turn_end_comes_ = true;
    asio::post(context_, [self = shared_from_this()] { self->end_turn(); });
}

void shard::end_turn() {
    touch();
    run_turn_end_tasks();
    flush_all();
    fresh_ = false;
}

void shard::run_turn_end_tasks() {
    struct coming { // whatever a task throws
        explicit coming(bool& of) : flag(of) { flag = true; }
        ~coming() { flag = false; }
        bool& flag;
    } const for_what_they_write(turn_end_comes_);
    for (const auto& task : std::exchange(turn_end_tasks_, {}))
        task();
}

void shard::flush_all() {
    // A flush may end sessions, and their handlers may send to others: those are flushed next turn.
    std::vector<boost::intrusive_ptr<connection>> batch;
    batch.swap(to_flush_);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (i % looked_ahead == 0)
            for (std::size_t k = i; k < std::min(i + looked_ahead, batch.size()); ++k)
                batch[k]->look_ahead();
        batch[i]->flush_now();
    }
    if (to_flush_.empty()) {
        batch.clear();
        if (batch.capacity() <= 16 * 1024) to_flush_.swap(batch); // keep the memory warm
    }
}

inflater& shard::inflate() {
    return inflate_ ? *inflate_ : inflate_.emplace();
}

deflater& shard::deflate() {
    return deflate_ ? *deflate_ : deflate_.emplace();
}

const std::string& shard::http_date() {
    const std::time_t second = std::time(nullptr);
    if (second != date_second_) {
        date_second_ = second;
        date_ = engineio::http_date(second);
    }
    return date_;
}

} // namespace sockeye::engineio
