#pragma once

#include <sockeye/adapter_redis/options.hpp>
#include <sockeye/adapter_redis/pubsub.hpp>
#include <sockeye/adapter_redis/reply.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::adapter_redis {

class redis_link;

struct link_counters {
    bool connected = false;       // commands can be sent this moment
    std::uint64_t connects = 0;   // 1 if nothing ever went wrong
    std::uint64_t dropped = 0;    // commands, because too much waited or Redis was away
    std::uint64_t failed = 0;     // commands that were sent and never answered
    std::uint64_t refused = 0;    // of what is said to others: answered with an error
    std::size_t queued_bytes = 0; // of commands that wait
};

// A server's way to Redis, be that one (redis_link) or a cluster (redis_cluster): Pub/Sub, and
// commands to whoever has a key. As of pubsub, members may be called from any thread.
class redis_client : public pubsub {
public:
    using reply_handler = std::function<void(reply)>;

    // About that key alone, in order; but in a cluster some may change places while the key moves.
    // Not for commands that block: others would wait for them. Without a handler as say_for.
    virtual void command_for(std::string_view key, const std::vector<std::string>& words,
                             reply_handler then) = 0;
    // The same for what is said to others, or kept for them: if it is lost, that is counted and
    // logged here, as of publish. `then` may be empty.
    virtual void say_for(std::string_view key, const std::vector<std::string>& words,
                         reply_handler then) = 0;
    // Whether a command about the key can be sent this moment.
    [[nodiscard]] virtual bool reaches(std::string_view key) const = 0;
    // For a link of one's own to whoever has the key now.
    [[nodiscard]] virtual redis_options options_for(std::string_view key) const = 0;
    // Such a link. It has a thread of its own; or it is on that shard's, where this client is on
    // the shards' threads, and then must end no earlier than this client may.
    [[nodiscard]] virtual std::unique_ptr<redis_link> open_link(const redis_options& options,
                                                                unsigned shard) const;

    // Waits, so long at the most, until Redis has what was said; not while it is away. On none of
    // the threads that handlers are called on.
    virtual void drain(milliseconds limit);

    [[nodiscard]] virtual link_counters counters() const = 0;
};

} // namespace sockeye::adapter_redis
