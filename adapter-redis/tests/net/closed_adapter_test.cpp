// What Redis answers when nobody wants to know any more: the server's shards may be gone by then.

#include "net/fake_namespace.hpp"

#include <sockeye/adapter_redis/classic_adapter.hpp>
#include <sockeye/adapter_redis/streams_adapter.hpp>

#include <doctest/doctest.h>

#include <utility>

namespace sockeye::adapter_redis {
namespace {

// Answers when a test says so.
class slow_redis final : public redis_client {
public:
    void publish(channel_kind, std::string_view, std::string_view) override {}
    subscription_id subscribe(channel_kind, std::string_view, message_handler,
                              std::function<void()>) override {
        return 0;
    }
    void unsubscribe(subscription_id) override {}
    void count_subscribers(channel_kind, std::string_view, count_handler then) override {
        waiting_.push_back([then = std::move(then)] { then(1); });
    }
    void command_for(std::string_view, const std::vector<std::string>&,
                     reply_handler then) override {
        if (!then) return;
        waiting_.push_back(
            [then = std::move(then)] { then({.kind = reply_kind::error, .text = "gone"}); });
    }
    bool reaches(std::string_view) const override { return true; }
    redis_options options_for(std::string_view) const override {
        return {.port = 1, .log = [](engineio::log_level, std::string_view) {}};
    }

    // How often.
    std::size_t answer() {
        const auto all = std::exchange(waiting_, {});
        for (const auto& one : all)
            one();
        return all.size();
    }

private:
    std::vector<std::function<void()>> waiting_;
};

struct waiting_adapter {
    socketio::fake_namespace local;
    const std::shared_ptr<slow_redis> redis = std::make_shared<slow_redis>();
    std::unique_ptr<socketio::adapter> adapter;

    void close() {
        adapter->close();
        local.threads.run();
    }
};

struct waiting_streams_adapter : waiting_adapter {
    waiting_streams_adapter() {
        local.recovers.emplace();
        adapter = streams_adapter(redis)(local);
        adapter->start();
    }
};

} // namespace

TEST_CASE("closed adapters: the number of servers is told on a shard, while there are shards") {
    waiting_adapter at;
    at.adapter = classic_adapter(at.redis)(at.local);
    at.adapter->start();
    std::size_t told = 0;
    const auto note = [&](const socketio::outcome<std::size_t>& count) { told += count.result; };
    at.adapter->server_count(note);
    CHECK(at.redis->answer() == 1);
    CHECK(told == 0);
    at.local.threads.run();
    CHECK(told == 1);
    at.adapter->server_count(note);
    at.close();
    CHECK(at.redis->answer() == 1);
    at.local.threads.run();
    CHECK(told == 1);
}

TEST_CASE("closed adapters: who wanted to come back does so no more") {
    waiting_streams_adapter at;
    at.adapter->restore_session("private", "1-1", [](const socketio::restored_session&) {});
    at.close();
    CHECK(at.redis->answer() > 0);
    CHECK(at.local.threads.waiting() == 1); // the time-out, which was there before
}

TEST_CASE("closed adapters: what the stream did not take is not delivered") {
    waiting_streams_adapter at;
    at.adapter->broadcast({"e"}, {}, {});
    at.close();
    CHECK(at.redis->answer() > 0);
    CHECK(at.local.delivered == 0);
    CHECK(at.local.threads.waiting() == 0);
}

} // namespace sockeye::adapter_redis
