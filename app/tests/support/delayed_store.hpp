#pragma once

#include "support/service_world.hpp"

#include <functional>
#include <utility>

namespace sockeye::app {

/// Something else comes before each transaction.
class delayed_store final : public store {
public:
    using delay = std::function<task<>(bool has_conditions)>;
    delayed_store(service_world& in, delay before) : in_(in), before_(std::move(before)) {}
    ~delayed_store() override { in_.settle(); }
    delayed_store(const delayed_store&) = delete;
    delayed_store& operator=(const delayed_store&) = delete;

    pending<store_result> commit(transaction what) override {
        const socketio::resolver<store_result> answer(in_.shards);
        socketio::start(pass_on(std::move(what), answer), [](const std::exception_ptr&) {});
        return answer.answer();
    }
    subscription_id subscribe(std::string, message_handler, std::function<void()>) override {
        return 0;
    }
    void unsubscribe(subscription_id) override {}
    void close() override {}
    [[nodiscard]] store_health health() const override { return in_.state().health(); }

private:
    task<> pass_on(transaction what, socketio::resolver<store_result> answer) {
        co_await before_(what.has_conditions());
        answer.resolve(co_await in_.state().commit(std::move(what)));
    }

    service_world& in_;
    const delay before_;
};

/// As world.instance(), but upon that store.
inline context over(store& state, service_world& world) {
    const context on = world.instance();
    return {state, on.shards, on.now, on.node, on.log};
}

} // namespace sockeye::app
