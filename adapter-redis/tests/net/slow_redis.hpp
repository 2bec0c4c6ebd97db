#pragma once

#include <sockeye/adapter_redis/redis_client.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::adapter_redis {

// Answers when a test says so.
class slow_redis : public redis_client {
public:
    void publish(channel_kind, std::string_view, std::string_view) override {}
    subscription_id subscribe(channel_kind, std::string_view, message_handler handler,
                              std::function<void()>) override {
        heard.push_back(std::move(handler));
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
            [then = std::move(then)] { then({.kind = reply_kind::missing, .text = "gone"}); });
    }
    void say_for(std::string_view key, const std::vector<std::string>& words,
                 reply_handler then) override {
        command_for(key, words, std::move(then));
    }
    bool reaches(std::string_view) const override { return true; }
    redis_options options_for(std::string_view) const override {
        return {.port = 1, .log = [](engineio::log_level, std::string_view) {}};
    }
    link_counters counters() const override { return {.connected = true}; }

    // How often.
    std::size_t answer() {
        const auto all = std::exchange(waiting_, {});
        for (const auto& one : all)
            one();
        return all.size();
    }

    std::vector<message_handler> heard; // by whoever subscribes, in that order

private:
    std::vector<std::function<void()>> waiting_;
};

} // namespace sockeye::adapter_redis
