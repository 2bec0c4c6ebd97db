#pragma once

#include "codec/channels.hpp"

#include <sockeye/adapter_redis/pubsub.hpp>
#include <sockeye/socketio/cluster_message.hpp>

namespace sockeye::adapter_redis {

// Says it as the classic adapter and its emitter do: what is no answer, to all servers.
void publish_classic(pubsub& bus, const classic_channels& channels,
                     const socketio::cluster_message& message);

} // namespace sockeye::adapter_redis
