#pragma once

#include <sockeye/adapter_redis/adapter_options.hpp>
#include <sockeye/adapter_redis/redis_client.hpp>
#include <sockeye/socketio/adapter.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace sockeye::adapter_redis {

// All but `read_count` and `max_missed_bytes` are to be the same on all servers.
struct streams_options {
    std::string stream_name = "socket.io";
    std::size_t stream_count = 1;    // namespaces are spread over them
    std::size_t max_length = 10'000; // entries that Redis keeps of a stream, about
    std::string channel_prefix = "socket.io";
    bool sharded_pubsub = false; // of Redis 7
    std::string session_key_prefix = "sio:session:";
    std::size_t read_count = 100; // entries that are read at once
    // Of what a client missed that comes back, as Redis has it; one that missed more begins anew.
    std::size_t max_missed_bytes = 1024 * 1024;
    adapter_options common = {};
};

// Joins servers as @socket.io/redis-streams-adapter does: what is for sockets goes through a
// stream, so that a server whose connection was lost misses nothing that Redis still keeps;
// questions and answers go by Pub/Sub. To be used as classic_adapter, with which it must not share
// a prefix.
//
// In a Redis Cluster (redis_cluster), a stream is at the server that has its key, and so is what is
// added and read.
//
// With server_options::recovery, a client may come back to any of the servers. Then this server's
// own clients, too, get events when they have gone through Redis. While the link is down they get
// them at once, but cannot recover them; an event that was on its way when it broke may come twice.
socketio::adapter_factory streams_adapter(std::shared_ptr<redis_client> link,
                                          streams_options options = {});

} // namespace sockeye::adapter_redis
