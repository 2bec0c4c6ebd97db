#pragma once

#include "event_notes.hpp"
#include "support/redis_server.hpp"

#include <sockeye/adapter_redis/redis_link.hpp>

#include <doctest/doctest.h>

#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace sockeye::adapter_redis {

using namespace std::chrono_literals;
using testing::event_notes;
using testing::redis_server;
using enum channel_kind;

// The answer to a command, waited for.
inline reply ask(redis_link& link, std::vector<std::string> words) {
    auto answer = std::make_shared<std::promise<reply>>();
    auto future = answer->get_future();
    link.command(words, [answer](reply got) { answer->set_value(std::move(got)); });
    REQUIRE(future.wait_for(testing::patience) == std::future_status::ready);
    return future.get();
}

inline std::optional<std::size_t> count(redis_link& link, channel_kind kind,
                                        std::string_view channel) {
    auto answer = std::make_shared<std::promise<std::optional<std::size_t>>>();
    auto future = answer->get_future();
    link.count_subscribers(kind, channel, [answer](auto got) { answer->set_value(got); });
    REQUIRE(future.wait_for(testing::patience) == std::future_status::ready);
    return future.get();
}

template<class Condition>
void await(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + testing::patience;
    while (!holds()) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        std::this_thread::yield();
    }
}

// Links to one server, and what happens to them: messages as "channel=payload", lines of the log.
// A link is made after the notes and before the server ends, so that both outlive it.
struct link_fixture {
    explicit link_fixture(std::vector<std::string> settings = {},
                          const std::string& port_setting = "--port")
        : server(std::move(settings), port_setting) {}

    // Quick to come back, so that tests are quick.
    [[nodiscard]] redis_options options() {
        redis_options made;
        made.port = server.port();
        made.reconnect_delay = 2ms;
        made.max_reconnect_delay = 20ms;
        made.log = [this](engineio::log_level, std::string_view line) {
            notes.add(std::string(line));
        };
        return made;
    }
    // Subscribes, and waits until that is in place.
    pubsub::subscription_id subscribe(redis_link& link, channel_kind kind, std::string_view name) {
        const std::string ready = "ready " + std::string(name);
        const std::size_t before = notes.count(ready);
        const auto which = link.subscribe(
            kind, name,
            [this](std::string_view channel, std::string_view payload) {
                notes.add(std::string(channel) + "=" + std::string(payload));
            },
            [this, ready] { notes.add(ready); });
        notes.await(ready, before + 1);
        return which;
    }
    [[nodiscard]] std::string called(std::string_view purpose) const {
        return "redis: connection for " + std::string(purpose) +
               " to 127.0.0.1:" + std::to_string(server.port());
    }

    event_notes notes;
    redis_server server;
};

} // namespace sockeye::adapter_redis
