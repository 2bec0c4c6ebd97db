#pragma once

#include "codec/deflate.hpp"
#include "io/asio.hpp"
#include "io/poller.hpp"
#include "io/random_bytes.hpp"
#include "state/timing_wheel.hpp"

#include <sockeye/engineio/counters.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sockeye::engineio {

class connection;

// One thread and all that lives on it. Everything here belongs to that thread but for post, current
// and the counters' values.
class shard : public std::enable_shared_from_this<shard> {
public:
    shard(unsigned index, asio::io_context& context);
    ~shard();
    shard(const shard&) = delete;
    shard& operator=(const shard&) = delete;

    [[nodiscard]] unsigned index() const { return index_; }
    [[nodiscard]] asio::io_context& context() { return context_; }
    [[nodiscard]] bool is_current() const {
        return context_.get_executor().running_in_this_thread();
    }

    // From any thread.
    void post(std::function<void()> task);
    void post_after(std::chrono::milliseconds delay, std::function<void()> task);

    void start();
    void quit(); // no timers and no readiness any more

    // The time, read once per event rather than per question; but for what others do on this loop.
    [[nodiscard]] time_point now() const {
        return fresh_ ? now_ : std::chrono::steady_clock::now();
    }
    void touch() {
        now_ = std::chrono::steady_clock::now();
        fresh_ = true;
    }

    void set_timer(timed& entry, time_point deadline);
    void cancel_timer(timed& entry) { wheel_.cancel(entry); }

    [[nodiscard]] poller& readiness() { return poller_; }

    // Every connection of the shard reads into this: an idle one owns no buffer.
    static constexpr std::size_t read_buffer_size = 64 * 1024;
    [[nodiscard]] std::array<char, read_buffer_size>& read_buffer() { return *read_buffer_; }

    // When this turn of the loop is over, when all that is ready has been read: first these tasks
    // run, then what was written to connections leaves, together with all else that the turn, and
    // its tasks, had for them.
    void at_turn_end(std::function<void()> task);
    void flush_later(connection& target);

    [[nodiscard]] inflater& inflate();
    [[nodiscard]] deflater& deflate();
    [[nodiscard]] const std::string& http_date(); // of this second

    [[nodiscard]] random_bytes& random() { return random_; }

    shard_counters counters;

private:
    void run(const std::function<void()>& task); // as an event of its own
    void see_to_turn_end();
    void end_turn();
    void run_turn_end_tasks();
    void flush_all();
    void run_timers(const error_code& ec);
    void arm(time_point deadline);

    const unsigned index_;
    asio::io_context& context_;
    time_point now_;
    bool fresh_ = true; // an event is on the stack that has begun at now_
    timing_wheel wheel_;
    steady_timer timer_;
    std::optional<time_point> timer_at_;
    bool quit_ = false;
    poller poller_;
    std::unique_ptr<std::array<char, read_buffer_size>> read_buffer_;
    std::vector<std::function<void()>> turn_end_tasks_;
    std::vector<boost::intrusive_ptr<connection>> to_flush_;
    bool turn_end_comes_ = false;
    std::optional<inflater> inflate_;
    std::optional<deflater> deflate_;
    std::string date_;
    std::time_t date_second_ = 0;
    random_bytes random_;
};

} // namespace sockeye::engineio
