#pragma once

#include <sockeye/adapter_redis/redis_link.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::adapter_redis {

/// Commands on their way: those that wait to be written, bounded in bytes, and those that wait for
/// their answers, which come in order.
class command_queue {
public:
    using handler = redis_link::reply_handler; // may be empty
    struct waiter {
        handler then;
        bool says = false; // something to others, so that its loss counts
    };

    explicit command_queue(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// False: too much waits already, and the command is dropped with its waiter.
    /// `answers`: so many come, and the last one is meant.
    [[nodiscard]] bool add(std::string_view command, waiter& who, std::size_t answers = 1);

    /// What is to be written next, one write at a time. It counts as waiting until written().
    [[nodiscard]] std::string take();
    void written() { writing_bytes_ = 0; }

    /// Whose answer has come. Empty if Redis answered what was not asked.
    [[nodiscard]] bool answered(waiter& whose);
    /// Those whose answer cannot come any more: the connection was lost. What was not written yet
    /// stays, for the next one.
    [[nodiscard]] std::vector<waiter> abandon();

    [[nodiscard]] std::size_t bytes() const { return waiting_.size() + writing_bytes_; }
    [[nodiscard]] bool has_waiting() const { return !waiting_.empty(); }
    [[nodiscard]] bool is_idle() const { return !has_waiting() && asked_.empty(); }

private:
    const std::size_t max_bytes_;
    std::string waiting_;
    std::vector<waiter> waiting_for_;
    std::size_t writing_bytes_ = 0;
    std::deque<waiter> asked_;
};

} // namespace sockeye::adapter_redis
