#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

namespace sockeye::socketio {

template<class T = void>
class task;

namespace detail {

// Goes on with whoever waits for the coroutine that has just ended.
struct task_end {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template<class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
        return ended.promise().waiting;
    }
    void await_resume() const noexcept {}
};

struct task_promise_base {
    std::coroutine_handle<> waiting = std::noop_coroutine();
    std::exception_ptr error;

    std::suspend_always initial_suspend() noexcept { return {}; }
    task_end final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept { error = std::current_exception(); }
};

template<class T>
struct task_promise : task_promise_base {
    std::optional<T> result;

    task<T> get_return_object();
    void return_value(T value) { result.emplace(std::move(value)); }
    T take() {
        if (error) std::rethrow_exception(error);
        return *std::move(result);
    }
};

template<>
struct task_promise<void> : task_promise_base {
    task<void> get_return_object();
    void return_void() noexcept {}
    void take() const {
        if (error) std::rethrow_exception(error);
    }
};

} // namespace detail

// A handler that may wait, or a part of one. It begins when it is awaited, and an exception comes
// out of the co_await. Handlers that are coroutines return one:
//
//     socket.on("buy", [](order what, ack<bool> done) -> task<> {
//         done(co_await store(what));
//     });
template<class T>
class [[nodiscard]] task {
public:
    using promise_type = detail::task_promise<T>;

    explicit task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
    task(task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    task& operator=(task&&) = delete;
    ~task() {
        if (coroutine_) coroutine_.destroy();
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept {
        coroutine_.promise().waiting = waiting;
        return coroutine_;
    }
    T await_resume() { return coroutine_.promise().take(); }

private:
    std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

template<class T>
task<T> task_promise<T>::get_return_object() {
    return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
}
inline task<void> task_promise<void>::get_return_object() {
    return task<void>(std::coroutine_handle<task_promise>::from_promise(*this));
}

// A coroutine that belongs to nobody, and ends by itself.
struct detached {
    struct promise_type {
        detached get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { std::terminate(); }
    };
};

} // namespace detail

// Begins a task that nobody waits for. What it throws goes to `failed`.
inline void start(task<> work, std::function<void(std::exception_ptr)> failed) {
    [](task<> running, std::function<void(std::exception_ptr)> tell) -> detail::detached {
        try {
            co_await std::move(running);
        } catch (...) {
            tell(std::current_exception());
        }
    }(std::move(work), std::move(failed));
}

} // namespace sockeye::socketio
