#pragma once

#include <sockeye/adapter_redis/adapter_options.hpp>
#include <sockeye/adapter_redis/pubsub.hpp>
#include <sockeye/socketio/adapter.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace sockeye::adapter_redis {

// Which rooms have a channel of their own, so that servers without a member hear nothing.
enum class room_channels : std::uint8_t {
    none,         // Node's `static`
    public_rooms, // `dynamic`: all but sockets' own, told by their names' 20 characters
    all_rooms,    // `dynamic-private`
};

struct sharded_options {
    std::string channel_prefix = "socket.io";          // the same on all servers
    room_channels rooms = room_channels::public_rooms; // the same on all servers
    adapter_options common = {};
};

// Joins servers as `createShardedAdapter` of @socket.io/redis-adapter does, by the sharded Pub/Sub
// of Redis 7. To be used as classic_adapter, which it does not understand.
socketio::adapter_factory sharded_adapter(std::shared_ptr<pubsub> bus,
                                          sharded_options options = {});

} // namespace sockeye::adapter_redis
