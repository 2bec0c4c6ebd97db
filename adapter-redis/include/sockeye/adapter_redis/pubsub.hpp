#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace sockeye::adapter_redis {

enum class channel_kind : std::uint8_t {
    plain,
    pattern, // to subscribe to: all plain channels whose names match
    sharded, // of Redis 7; never meets a plain channel of the same name
};

// How servers reach each other: the seam between an adapter and Redis, or, in tests, what stands in
// for it. Members may be called from any thread; they do not wait, nor fail: what cannot be done is
// logged and counted by the implementation. Handlers are called on threads of its own, those of one
// channel one after the other, so they must not wait either.
class pubsub {
public:
    using message_handler = std::function<void(std::string_view channel, std::string_view payload)>;
    using count_handler = std::function<void(std::optional<std::size_t>)>; // none: not known
    using subscription_id = std::uint64_t;

    virtual ~pubsub() = default;

    // What one thread publishes arrives in that order, on whatever channels; but sharded channels
    // of a cluster have no order among each other.
    virtual void publish(channel_kind kind, std::string_view channel, std::string_view payload) = 0;

    // Lasts until it is ended, whatever happens to the connection meanwhile; what is published
    // while that is lost does not arrive. `ready`, if any, is called once: from then on messages
    // come.
    virtual subscription_id subscribe(channel_kind kind, std::string_view name,
                                      message_handler handler, std::function<void()> ready) = 0;
    // The handler may still be called when this returns: it must know whether it is meant.
    virtual void unsubscribe(subscription_id which) = 0;

    // How many connections subscribe to exactly that channel; patterns are not counted. Done in
    // order with what this thread publishes.
    virtual void count_subscribers(channel_kind kind, std::string_view channel,
                                   count_handler then) = 0;
};

} // namespace sockeye::adapter_redis
