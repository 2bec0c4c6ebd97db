#pragma once

// Three servers over one redis-server.

#include "net/linked_group.hpp"

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::adapter_redis {

using socketio::ack;
using socketio::ack_error;
using socketio::array;
using socketio::binary;
using socketio::object;
using socketio::value;
using lists = std::vector<packets>;

class redis_group : public linked_group<link_fixture, redis_link> {
public:
    explicit redis_group(const adapter_kind& kind = of_classic(), unsigned threads = 1,
                         const server_options& options = {})
        : linked_group(kind, threads, options) {}

    void publish(channel_kind kind, std::string_view channel, std::string_view payload) {
        outsider.publish(kind, channel, payload);
    }
    // Until each server has counted as many messages that are none.
    void await_malformed(const std::array<std::size_t, 3>& wanted) {
        for (std::size_t i = 0; i < wanted.size(); ++i)
            REQUIRE(socketio_fixture::becomes_true(
                [&] { return this->at(i).io.counters().cluster_messages_malformed == wanted[i]; }));
    }
    // Until so many servers subscribe to the channel.
    void await_subscribers(channel_kind kind, const std::string& channel, std::size_t wanted) {
        await([&] { return count(outsider, kind, channel) == wanted; });
    }

    redis_link outsider{redis.options()}; // for what a test has to say, or wants to know
};

// The same test over every adapter; over the sharded one without channels for rooms, which there is
// no order between.
inline void over_every_adapter(const std::function<void(redis_group&)>& test) {
    classic_options on_own_channels;
    on_own_channels.publish_on_specific_response_channel = true;
    const std::pair<adapter_kind, unsigned> runs[] = {{of_classic(), 1},
                                                      {of_classic(on_own_channels), 3},
                                                      {of_sharded(room_channels::none), 2},
                                                      {of_streams(), 2}};
    for (const auto& [kind, threads] : runs) {
        INFO("adapter: ", kind.name, ", threads: ", threads);
        redis_group at(kind, threads);
        test(at);
    }
}

} // namespace sockeye::adapter_redis
