#pragma once

#include <sockeye/socketio/arguments.hpp>
#include <sockeye/socketio/value.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace sockeye::socketio {

// The way that an answer takes. The first answer counts.
class reply_channel {
public:
    virtual ~reply_channel() = default;
    reply_channel(const reply_channel&) = delete;
    reply_channel& operator=(const reply_channel&) = delete;
    void send(array answer) {
        if (!sent_.exchange(true)) deliver(std::move(answer));
    }

protected:
    reply_channel() = default;

private:
    virtual void deliver(array answer) = 0;
    std::atomic<bool> sent_ = false;
};

// Answers an event. May be kept, copied, and called from any thread; the first call counts. Empty
// where the client did not ask for an answer: calling it does nothing then.
class ack_sender {
public:
    ack_sender() = default;
    explicit ack_sender(std::shared_ptr<reply_channel> to) : to_(std::move(to)) {}
    // Calls a function with the answer.
    explicit ack_sender(std::function<void(array)> send);

    explicit operator bool() const { return to_ != nullptr; }
    void send(array answer) const {
        if (to_) to_->send(std::move(answer));
    }

private:
    std::shared_ptr<reply_channel> to_;
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
