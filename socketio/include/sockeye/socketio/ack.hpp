#pragma once

#include <sockeye/socketio/arguments.hpp>
#include <sockeye/socketio/value.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace sockeye::socketio {

// Answers an event. May be kept, copied, and called from any thread; the first call counts. Empty
// where the client did not ask for an answer: calling it does nothing then.
class ack_sender {
public:
    ack_sender() = default;
    explicit ack_sender(std::function<void(array)> send);

    explicit operator bool() const { return state_ != nullptr; }
    void send(array answer) const;

private:
    struct state;
    std::shared_ptr<state> state_;
};

// The last parameter of a handler whose event is answered: `ack<bool> done`, then `done(true)`.
// `ack<>` takes anything.
template<class... Answers>
class ack {
public:
    ack() = default;
    explicit ack(ack_sender sender) : sender_(std::move(sender)) {}
    explicit operator bool() const { return static_cast<bool>(sender_); }

    void operator()(const Answers&... answers) const requires(sizeof...(Answers) > 0) {
        if (sender_) sender_.send(to_array(answers...));
    }
    template<class... Any>
    void operator()(const Any&... answers) const requires(sizeof...(Answers) == 0) {
        if (sender_) sender_.send(to_array(answers...));
    }
    // All at once, for handlers that pass on what they got.
    void send(array answers) const {
        if (sender_) sender_.send(std::move(answers));
    }

private:
    ack_sender sender_;
};

} // namespace sockeye::socketio
