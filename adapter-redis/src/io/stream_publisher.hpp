#pragma once

#include "codec/envelope.hpp"

#include <sockeye/adapter_redis/redis_client.hpp>
#include <sockeye/socketio/cluster_message.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace sockeye::adapter_redis {

// Adds messages to a stream, of which Redis keeps the newest. What is not taken the link counts.
class stream_publisher {
public:
    stream_publisher(std::shared_ptr<redis_client> link, std::string stream,
                     std::size_t max_length);

    void add(socketio::cluster_message message) const;
    void add(const envelope& entry) const;
    void add(stream_fields entry, redis_client::reply_handler then) const;

private:
    const std::shared_ptr<redis_client> link_;
    const std::string stream_;
    const std::string max_length_;
};

} // namespace sockeye::adapter_redis
