#pragma once

#include "codec/stream_entries.hpp"

#include <sockeye/adapter_redis/redis_client.hpp>
#include <sockeye/socketio/adapter.hpp>
#include <sockeye/socketio/cluster_message.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sockeye::adapter_redis {

// Lets the clients of a namespace come back to any server of the cluster: sessions are kept in
// Redis, and what was missed is in the stream.
//
// Each shard knows up to where in the stream it has delivered. What is read for a client that comes
// back ends exactly there, so that what is delivered from then on goes on without a gap or an
// overlap.
class stream_recovery : public std::enable_shared_from_this<stream_recovery> {
public:
    struct settings {
        std::string nsp;
        std::string stream;
        std::string session_key_prefix;
        std::chrono::milliseconds session_lifetime;
        std::chrono::milliseconds patience; // with Redis
        std::size_t max_missed_bytes;
    };
    // What tells an answer of Redis on a shard, while it is there.
    using on_shard =
        std::function<redis_client::reply_handler(unsigned shard, redis_client::reply_handler)>;
    stream_recovery(socketio::local_namespace& local, std::shared_ptr<redis_client> link,
                    on_shard answered, settings with);

    // On the shard where entries are handled, in the stream's order. `kept_until_done` is let go of
    // when all shards have delivered.
    void deliver(const stream_id& id, socketio::cluster::broadcast order,
                 std::shared_ptr<void> kept_until_done);
    // What was before is not going to be delivered.
    void begin_at(const stream_id& id);

    void save(const socketio::saved_session& session);
    // As adapter::restore_session.
    void restore(const std::string& private_id, const std::string& offset,
                 std::function<void(socketio::restored_session)> then);
    // Clients that wait for this shard to deliver what they have had elsewhere.
    [[nodiscard]] std::size_t waiting() const;

private:
    class restoration;
    struct shard_state {
        stream_id delivered;
        std::set<std::weak_ptr<restoration>, std::owner_less<>> waiting; // for it to get further
    };

    void on_every_shard(const std::function<void(shard_state&)>& task);
    static void advance(shard_state& at, const stream_id& to);

    socketio::local_namespace& local_;
    const std::shared_ptr<redis_client> link_;
    const on_shard answered_;
    const settings with_;
    std::vector<shard_state> shards_; // each for its shard's thread alone
};

} // namespace sockeye::adapter_redis
