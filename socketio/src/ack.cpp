#include <sockeye/socketio/ack.hpp>

#include <atomic>

namespace sockeye::socketio {

struct ack_sender::state {
    std::function<void(array)> send;
    std::atomic<bool> sent = false;
};

ack_sender::ack_sender(std::function<void(array)> send) : state_(std::make_shared<state>()) {
    state_->send = std::move(send);
}

void ack_sender::send(array answer) const {
    if (state_ && !state_->sent.exchange(true)) state_->send(std::move(answer));
}

} // namespace sockeye::socketio
