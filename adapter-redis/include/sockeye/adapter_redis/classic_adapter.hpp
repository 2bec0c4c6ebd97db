#pragma once

#include <sockeye/adapter_redis/adapter_options.hpp>
#include <sockeye/adapter_redis/pubsub.hpp>
#include <sockeye/socketio/adapter.hpp>

#include <memory>
#include <string>

namespace sockeye::adapter_redis {

struct classic_options {
    std::string key = "socket.io"; // the channels' names begin with it: the same on all servers
    // Answers go to who asked, not to all servers. Each server may choose.
    bool publish_on_specific_response_channel = false;
    adapter_options common = {};
};

// Joins servers as `createAdapter` of @socket.io/redis-adapter does, by Redis Pub/Sub; among them
// may be servers in Node, and emitters. To be used as server_options::adapter:
//
//     const auto redis = std::make_shared<redis_link>(parse_redis_url("redis://127.0.0.1"));
//     options.adapter = classic_adapter(redis);
//
// Each server needs a link of its own. While Redis is away, this server's own clients go on.
socketio::adapter_factory classic_adapter(std::shared_ptr<pubsub> bus,
                                          classic_options options = {});

} // namespace sockeye::adapter_redis
