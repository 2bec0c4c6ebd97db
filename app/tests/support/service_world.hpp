#pragma once

#include "support/manual_shards.hpp"

#include <sockeye/app/context.hpp>
#include <sockeye/app/memory_store.hpp>

#include <doctest/doctest.h>

#include <future>
#include <memory>
#include <string>

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
}

namespace detail {

template<class T>
task<> finish(task<T> work, std::promise<T>& done) {
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(work);
            done.set_value();
        } else {
            done.set_value(co_await std::move(work));
        }
    } catch (...) {
        done.set_exception(std::current_exception());
    }
}

} // namespace detail

/// Begins the task and waits for its end; throws what it throws.
template<class T>
T wait(task<T> work) {
    std::promise<T> done;
    auto future = done.get_future();
    socketio::start(detail::finish(std::move(work), done), [](std::exception_ptr) {});
    REQUIRE(future.wait_for(30s) == std::future_status::ready);
    return future.get();
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
