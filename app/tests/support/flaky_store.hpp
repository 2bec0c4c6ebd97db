#pragma once

#include <sockeye/app/store.hpp>
#include <sockeye/engineio/shards.hpp>

#include <atomic>

namespace sockeye::testing {

/// A store that, when the test says so, is away, loses its answers, or hears nothing.
class flaky_store final : public app::store {
public:
    flaky_store(app::store& to, engineio::shards& shards) : to_(to), shards_(shards) {}

    std::atomic<bool> away = false;
    std::atomic<bool> loses_answers = false; // but does what it is asked
    std::atomic<bool> deaf = false;          // what is subscribed to now is never ready

    socketio::pending<app::store_result> commit(app::transaction what) override {
        const socketio::resolver<app::store_result> answer(shards_);
        const auto fail = [answer] { answer.fail("the store is away"); };
        if (away)
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
    [[nodiscard]] app::store_health health() const override { return {.ready = !away}; }

private:
    app::store& to_;
    engineio::shards& shards_;
};

} // namespace sockeye::testing
