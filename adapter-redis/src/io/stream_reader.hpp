#pragma once

#include "codec/stream_entries.hpp"

#include <sockeye/adapter_redis/redis_link.hpp>
#include <sockeye/engineio/shards.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace sockeye::adapter_redis {

// Reads a stream for all namespaces of a server, from where it ends when the server comes, on a
// link of its own, since reading is waiting. After a lost connection it goes on where it was, at
// whoever has the stream then.
//
// No more is read while two batches wait to be dealt with: the rest is safe in Redis.
//
// A link on a shard's thread (shard_links) is for good; the others are replaced in a cluster, where
// a stream moves.
class stream_reader : public std::enable_shared_from_this<stream_reader> {
public:
    // Held by whoever has not dealt with an entry yet.
    using batch = std::shared_ptr<void>;
    struct listener {
        // Where the reader is when it begins to tell this one of entries.
        std::function<void(const stream_id& from)> started;
        // On the link's thread, in the stream's order.
        std::function<void(const stream_entry& entry, const batch& of)> heard;
    };

    // `shard`: where most entries are dealt with.
    stream_reader(const std::shared_ptr<redis_client>& beside, std::string stream,
                  std::size_t read_count, engineio::shards& shards, unsigned shard);

    void start() { find_end(); }
    using listener_id = std::uint64_t;
    // A namespace's latest counts: one that ended may be there again before it has let go.
    [[nodiscard]] listener_id listen(const std::string& nsp, listener who);
    void unlisten(const std::string& nsp, listener_id which);

private:
    struct known_listener {
        listener_id which;
        listener who;
    };
    using step = void (stream_reader::*)();

    void find_end();
    void on_end(const reply& answer);
    void read_on();
    void on_news(const reply& answer);
    void tell_all(const std::vector<stream_entry>& entries);
    void on_batch_done();
    void tell(const stream_entry& entry, const batch& of);
    void try_again(step what, const reply& failure);
    void report(const reply& failure);
    void follow(const reply& failure);

    const std::weak_ptr<redis_client> beside_; // which may end on any thread, but not on ours
    const std::string stream_;
    const std::string read_count_;
    std::string wait_; // of one XREAD, in ms
    engineio::shards& shards_;
    const unsigned shard_;
    bool failing_ = false; // and this has been reported

    std::mutex mutex_; // of what follows
    bool started_ = false;
    stream_id last_read_;
    listener_id last_id_ = 0;
    std::unordered_map<std::string, known_listener> listeners_; // by namespace
    step paused_ = nullptr;                                     // what failed while nobody listened
    unsigned under_way_ = 0;                                    // batches
    bool held_up_ = false;                                      // by these

    bool asking_ = false;              // before each command, for the stream is on its way there
    std::unique_ptr<redis_link> link_; // last: its thread uses all of the above
};

} // namespace sockeye::adapter_redis
