#pragma once

#include <sockeye/app/store.hpp>
#include <sockeye/engineio/shards.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace sockeye::testing {

/// A store that, when the test says so, is away, is slow, loses its answers, or hears nothing.
class flaky_store final : public app::store {
public:
    flaky_store(app::store& to, engineio::shards& shards) : to_(to), shards_(shards) {}
    // A service that has ended may still be at what it heard: with this and all that stands before
    // it in the test.
    ~flaky_store() override { to_.close(); }
    flaky_store(const flaky_store&) = delete;
    flaky_store& operator=(const flaky_store&) = delete;

    std::atomic<bool> away = false;
    std::atomic<bool> loses_answers = false;  // but does what it is asked
    std::atomic<bool> slow = false;           // until hurry()
    std::atomic<bool> deaf = false;           // what is subscribed to now is never ready
    std::atomic<bool> fails_presence = false; // what has to do with its keys
    std::atomic<std::size_t> asked = 0;       // transactions

    socketio::pending<app::store_result> commit(app::transaction what) override {
        const socketio::resolver<app::store_result> answer(shards_);
        const auto fail = [answer] { answer.fail("the store is away"); };
        ++asked;
        if (fails_presence && is_presence(what))
            fail();
        else if (slow)
            hold(std::move(what), answer);
        else if (away)
            fail();
        else if (loses_answers)
            to_.commit(std::move(what)).then([fail](const auto&) { fail(); });
        else
            return to_.commit(std::move(what));
        return answer.answer();
    }
    subscription_id subscribe(std::string channel, message_handler handler,
                              std::function<void()> ready) override {
        return to_.subscribe(std::move(channel), std::move(handler),
                             deaf ? std::function<void()>() : std::move(ready));
    }
    void unsubscribe(subscription_id which) override { to_.unsubscribe(which); }
    void close() override {}
    [[nodiscard]] app::store_health health() const override { return {.ready = !away}; }

    [[nodiscard]] std::size_t held() const {
        const std::lock_guard lock(mutex_);
        return held_.size();
    }
    void hurry() {
        slow = false;
        std::vector<std::function<void()>> held;
        {
            const std::lock_guard lock(mutex_);
            held.swap(held_);
        }
        for (const auto& one : held)
            one();
    }

private:
    static bool is_presence(const app::transaction& what) {
        return std::ranges::any_of(what.steps(), [](const app::store_step& step) {
            return step.key.starts_with("presence:");
        });
    }
    void hold(app::transaction what, const socketio::resolver<app::store_result>& answer) {
        const std::lock_guard lock(mutex_);
        held_.emplace_back([this, what = std::move(what), answer] {
            to_.commit(what).then([answer](auto done) { answer.complete(std::move(done)); });
        });
    }

    mutable std::mutex mutex_;
    std::vector<std::function<void()>> held_;
    app::store& to_;
    engineio::shards& shards_;
};

} // namespace sockeye::testing
