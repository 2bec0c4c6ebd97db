#include "state/command_queue.hpp"

#include <iterator>
#include <utility>

namespace sockeye::adapter_redis {

bool command_queue::add(std::string_view command, waiter& who, std::size_t answers) {
    // One command passes whatever its size, so that a limit cannot stop a link for good.
    if (bytes() != 0 && bytes() + command.size() > max_bytes_) return false;
    waiting_ += command;
    waiting_for_.resize(waiting_for_.size() + answers - 1);
    waiting_for_.push_back(std::move(who));
    return true;
}

std::string command_queue::take() {
    writing_bytes_ = waiting_.size();
    asked_.insert(asked_.end(), std::make_move_iterator(waiting_for_.begin()),
                  std::make_move_iterator(waiting_for_.end()));
    waiting_for_.clear();
    return std::exchange(waiting_, {});
}

bool command_queue::answered(waiter& whose) {
    if (asked_.empty()) return false;
    whose = std::move(asked_.front());
    asked_.pop_front();
    return true;
}

std::vector<command_queue::waiter> command_queue::abandon() {
    std::vector<waiter> given_up(std::make_move_iterator(asked_.begin()),
                                 std::make_move_iterator(asked_.end()));
    asked_.clear();
    writing_bytes_ = 0;
    return given_up;
}

} // namespace sockeye::adapter_redis
