#pragma once

#include "support/manual_shards.hpp"

#include <sockeye/app/context.hpp>
#include <sockeye/app/memory_store.hpp>

#include <doctest/doctest.h>

#include <condition_variable>
#include <coroutine>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>

namespace sockeye::app {

using namespace std::chrono_literals;

/// What a service stands on, with time in the test's hands. Several instances share it, each with a
/// context of its own.
class service_world {
public:
    virtual ~service_world() = default;

    [[nodiscard]] virtual store& state() = 0;
    /// Lets time pass: for timers, for the clock and for the lives of keys.
    virtual void pass(milliseconds time) { shards.pass(time); }
    /// Returns when no transaction is on its way, and nothing that waited for one is still running.
    virtual void settle() {}

    [[nodiscard]] context instance(std::string node = "a") {
        return {state(), shards, [this] { return shards.now(); }, std::move(node),
                [](engineio::log_level, std::string_view) {}};
    }

    testing::manual_shards shards;
};

class memory_world final : public service_world {
public:
    store& state() override { return state_; }

private:
    memory_store state_{shards, [this] { return shards.now(); }};
};

/// Over a redis-server that the whole program shares, and that begins empty each time.
std::unique_ptr<service_world> make_redis_world();
/// The same over a Redis Cluster of three servers.
std::unique_ptr<service_world> make_redis_cluster_world();

/// Runs the case once over each store.
template<class Case>
void over_each_store(Case run) {
    SUBCASE("memory") {
        memory_world world;
        run(world);
    }
    SUBCASE("redis") {
        const auto world = make_redis_world();
        run(*world);
    }
    SUBCASE("redis cluster") {
        const auto world = make_redis_cluster_world();
        run(*world);
    }
}

namespace detail {

/// Where a task goes on with the thread that waits for it, which so is the only one to let go of
/// what the task threw: the sanitizer does not see how libstdc++ counts an exception's owners.
class meeting_point {
public:
    void arrive(std::coroutine_handle<> task) {
        const std::lock_guard lock(mutex_);
        arrived_ = task;
        arrival_.notify_all();
    }
    void go_on_here() {
        std::unique_lock lock(mutex_);
        REQUIRE(arrival_.wait_for(lock, 30s, [this] { return bool(arrived_); }));
        lock.unlock();
        arrived_.resume();
    }

private:
    std::mutex mutex_;
    std::condition_variable arrival_;
    std::coroutine_handle<> arrived_;
};

struct meeting {
    [[nodiscard]] bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> task) const {
        const auto there = at; // this may be gone before arrive() returns
        there->arrive(task);
    }
    void await_resume() const {}

    std::shared_ptr<meeting_point> at;
};

/// `where`: the thread that has waited there goes on with the end; else who has done the work does.
template<class T>
task<> finish(task<T> work, std::promise<T>& done, std::shared_ptr<meeting_point> where = {}) {
    std::conditional_t<std::is_void_v<T>, std::nullptr_t, std::optional<T>> result{};
    std::exception_ptr error;
    try {
        if constexpr (std::is_void_v<T>)
            co_await std::move(work);
        else
            result.emplace(co_await std::move(work));
    } catch (...) {
        error = std::current_exception();
    }
    if (where) {
        const meeting here{std::move(where)};
        co_await here;
    }
    if (error)
        done.set_exception(std::move(error));
    else if constexpr (std::is_void_v<T>)
        done.set_value();
    else
        done.set_value(*std::move(result));
}

} // namespace detail

/// Begins the task and waits for its end; throws what it throws.
template<class T>
T wait(task<T> work) {
    std::promise<T> done;
    auto future = done.get_future();
    const auto where = std::make_shared<detail::meeting_point>();
    socketio::start(detail::finish(std::move(work), done, where), [](std::exception_ptr) {});
    where->go_on_here();
    return future.get();
}

namespace detail {

template<class T>
task<> finish_kept(task<T> work, std::shared_ptr<std::promise<T>> done) {
    co_await finish(std::move(work), *done);
}

} // namespace detail

/// Begins the task; what it comes to is for later.
template<class T>
std::future<T> begin(task<T> work) {
    const auto done = std::make_shared<std::promise<T>>();
    socketio::start(detail::finish_kept(std::move(work), done), [](const std::exception_ptr&) {});
    return done->get_future();
}

/// What a call fails with.
inline std::string code_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const service_error& error) {
        return error.code;
    } catch (const socketio::operation_error&) {
        return "no answer";
    }
    return "";
}

inline task<store_result> result_of(pending<store_result> answer) {
    co_return co_await answer;
}

/// The transaction's result, waited for.
inline store_result commit(store& to, transaction what) {
    return wait(result_of(to.commit(std::move(what))));
}

/// What the transaction's only step answers.
inline store_reply reply_to(store& in, transaction what) {
    auto done = commit(in, std::move(what));
    REQUIRE(done.applied);
    REQUIRE(done.replies.size() == 1);
    return std::move(done.replies[0]);
}

} // namespace sockeye::app
