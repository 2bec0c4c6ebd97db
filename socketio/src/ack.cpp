#include <sockeye/socketio/ack.hpp>

#include <utility>

namespace sockeye::socketio {
namespace {

class function_channel final : public reply_channel {
public:
    explicit function_channel(std::function<void(array)> send) : send_(std::move(send)) {}

private:
    void deliver(array answer) override { send_(std::move(answer)); }
    const std::function<void(array)> send_;
};

} // namespace

ack_sender::ack_sender(std::function<void(array)> send)
    : to_(std::make_shared<function_channel>(std::move(send))) {}

} // namespace sockeye::socketio
