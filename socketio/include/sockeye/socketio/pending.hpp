#pragma once

#include <sockeye/engineio/shards.hpp>
#include <sockeye/socketio/value.hpp>

#include <coroutine>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace sockeye::socketio {

// What a co_await throws where there is no answer, such as "operation has timed out".
class operation_error : public std::runtime_error {
public:
    explicit operation_error(const std::string& message, array answers = {})
        : std::runtime_error(message), responses(std::move(answers)) {}

    array responses; // those that came in time, where several were asked
};

// How an operation went. With an error, `result` holds what there is nevertheless.
template<class T>
struct outcome {
    std::string error;
    T result{};

    explicit operator bool() const { return error.empty(); }
};

namespace detail {

// Where an answer is awaited: the shard that asked, or, where no shard's thread did, any thread.
struct answer_home {
    engineio::shards* shards = nullptr;
    unsigned shard = engineio::shards::none;

    void run(std::function<void()> task) const {
        if (shard == engineio::shards::none || shards->current() == shard)
            task();
        else
            shards->post(shard, std::move(task));
    }
};

template<class T>
class pending_state {
public:
    explicit pending_state(answer_home home) : home_(home) {}

    void resolve(outcome<T> done) {
        std::function<void(outcome<T>)> callback;
        {
            const std::lock_guard lock(mutex_);
            if (resolved_) return;
            resolved_ = true;
            if (!then_) {
                done_ = std::move(done);
                return;
            }
            callback = std::exchange(then_, nullptr);
        }
        home_.run([callback = std::move(callback), done = std::move(done)]() mutable {
            callback(std::move(done));
        });
    }

    void then(std::function<void(outcome<T>)> callback) {
        {
            const std::lock_guard lock(mutex_);
            if (!resolved_) then_ = std::move(callback);
            if (!done_) return;
        }
        callback(*std::exchange(done_, std::nullopt));
    }

    // No answer can come any more: whoever waits is let go, without a call.
    void abandon() {
        std::function<void(outcome<T>)> callback; // ends behind the lock: that may run code
        const std::lock_guard lock(mutex_);
        resolved_ = true;
        callback.swap(then_);
    }

private:
    const answer_home home_;
    std::mutex mutex_;
    bool resolved_ = false;
    std::optional<outcome<T>> done_;
    std::function<void(outcome<T>)> then_;
};

// What the copies of a resolver share. It ends with the last of them: whoever waits may well hold
// the state itself, as a coroutine does that waits for a `pending` of its own.
template<class T>
class answering_side {
public:
    explicit answering_side(answer_home home) : state(std::make_shared<pending_state<T>>(home)) {}
    answering_side(const answering_side&) = delete;
    answering_side& operator=(const answering_side&) = delete;
    ~answering_side() { state->abandon(); }

    const std::shared_ptr<pending_state<T>> state;
};

// Wakes a coroutine with its answer, or, where none can come any more, with an error: nobody that
// waits is forgotten.
template<class T>
class resumption {
public:
    resumption(std::coroutine_handle<> waiting, std::optional<outcome<T>>& answer)
        : waiting_(waiting), answer_(&answer) {}
    resumption(const resumption&) = delete;
    resumption& operator=(const resumption&) = delete;
    ~resumption() { resume({"the server has stopped", {}}); }

    void resume(outcome<T> with) {
        if (!waiting_) return;
        answer_->emplace(std::move(with));
        std::exchange(waiting_, nullptr).resume();
    }

private:
    std::coroutine_handle<> waiting_;
    std::optional<outcome<T>>* answer_;
};

template<class T>
array partial_responses(T& from) {
    if constexpr (std::is_same_v<T, array>)
        return std::move(from);
    else
        return {};
}

} // namespace detail

// An answer that is still to come; the question is on its way already, and may be left alone. Wait
// for it with co_await, which throws operation_error, or be called back: either on the thread of
// the shard that asked, or, where no shard's thread did, wherever the answer comes in.
template<class T>
class pending {
public:
    explicit pending(std::shared_ptr<detail::pending_state<T>> state) : state_(std::move(state)) {}

    // Not called at all if the server ends before.
    void then(std::function<void(outcome<T>)> callback) const { state_->then(std::move(callback)); }

    class awaiter {
    public:
        explicit awaiter(std::shared_ptr<detail::pending_state<T>> state)
            : state_(std::move(state)) {}
        [[nodiscard]] bool await_ready() const { return false; }
        void await_suspend(std::coroutine_handle<> waiting) {
            // Nothing of this object may be touched once the coroutine runs on.
            const auto state = state_;
            const auto wake = std::make_shared<detail::resumption<T>>(waiting, answer_);
            state->then([wake](outcome<T> with) { wake->resume(std::move(with)); });
        }
        T await_resume() {
            if (*answer_) return std::move(answer_->result);
            throw operation_error(answer_->error, detail::partial_responses(answer_->result));
        }

    private:
        std::shared_ptr<detail::pending_state<T>> state_;
        std::optional<outcome<T>> answer_;
    };
    awaiter operator co_await() const { return awaiter(state_); }

private:
    std::shared_ptr<detail::pending_state<T>> state_;
};

// The answering side, for those who implement an operation. May be copied; the first answer counts.
template<class T>
class resolver {
public:
    // The answer is wanted on the shard that is asking now.
    explicit resolver(engineio::shards& shards)
        : side_(std::make_shared<detail::answering_side<T>>(
              detail::answer_home{&shards, shards.current()})) {}

    [[nodiscard]] pending<T> answer() const { return pending<T>(side_->state); }
    void resolve(T result) const { complete({{}, std::move(result)}); }
    void fail(std::string error, T partial = {}) const {
        complete({std::move(error), std::move(partial)});
    }
    void complete(outcome<T> done) const { side_->state->resolve(std::move(done)); }

private:
    std::shared_ptr<detail::answering_side<T>> side_;
};

} // namespace sockeye::socketio
