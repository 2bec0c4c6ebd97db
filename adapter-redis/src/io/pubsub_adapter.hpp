#pragma once

#include <sockeye/adapter_redis/adapter_options.hpp>
#include <sockeye/adapter_redis/pubsub.hpp>
#include <sockeye/socketio/cluster_adapter.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::adapter_redis {

class own_ending;

// What the adapters share whose servers subscribe to channels: the subscriptions, the number of
// servers, which is that of a channel's subscribers, and the way from the link's thread to a shard.
class pubsub_adapter : public socketio::cluster_adapter {
public:
    void close() override;
    void server_count(std::function<void(socketio::outcome<std::size_t>)> then) override;

protected:
    struct channel_name {
        channel_kind kind;
        std::string name;
    };
    using hear = std::function<void(std::string_view channel, std::string_view payload)>;

    // Every server subscribes to `counted` exactly once for a namespace.
    pubsub_adapter(socketio::local_namespace& local, std::shared_ptr<pubsub> bus,
                   const adapter_options& options, channel_name counted);

    // All that is subscribed to for good, in one call: `counted` last, so that a server that is
    // counted hears everything.
    struct subscription {
        channel_name to;
        hear heard;
    };
    void subscribe(std::vector<subscription> all);
    // One thing more that must be there before this server is ready: before subscribe(). From any
    // thread.
    void await_one() { ++awaited_; }
    void one_is_ready();
    // A channel that comes and goes. Nothing is heard of it before this returns.
    [[nodiscard]] pubsub::subscription_id subscribe(const channel_name& to, hear heard);
    void unsubscribe(pubsub::subscription_id which) { bus_->unsubscribe(which); }
    [[nodiscard]] pubsub& bus() { return *bus_; }

    // What was heard, decoded on the link's thread; `bytes` is what it took on the wire. None: it
    // is no message.
    void take_in(std::size_t bytes, std::optional<socketio::cluster_message> message);
    // The same, for what only this medium knows of; on the shard that handles messages. The bytes
    // count while something keeps what the task is given. False if it is dropped.
    bool take_in(std::size_t bytes, std::function<void(const kept_until_done&)> task);
    // Takes in envelopes, but for those with our own ending, which must last as long as this.
    [[nodiscard]] hear envelopes_but(const own_ending& own);

    // For what the link's threads call: does nothing once the adapter is closed, which waits for
    // it. After that the server's shards may be gone.
    template<class Function>
    auto while_open(Function task) {
        return while_alive([this, task = std::move(task)](auto&&... arguments) mutable {
            const std::shared_lock lock(open_);
            if (!closed_) task(std::forward<decltype(arguments)>(arguments)...);
        });
    }
    // For what Redis answers: tells it on that shard, while the adapter is open.
    template<class Answer>
    std::function<void(Answer)> on_shard(unsigned shard, std::function<void(Answer)> tell) {
        return while_open([this, shard, tell = std::move(tell)](Answer answer) {
            local().shards().post(shard, while_alive([tell, answer = std::move(answer)]() mutable {
                                      tell(std::move(answer));
                                  }));
        });
    }

private:
    [[nodiscard]] bool make_room(std::size_t bytes);
    // Whose end makes the room free again; the adapter may be gone by then.
    [[nodiscard]] kept_until_done room_of(std::size_t bytes) const;
    // That a message is lost. True for the first since the shard has counted.
    bool count_dropped();

    const std::shared_ptr<pubsub> bus_;
    const adapter_options options_;
    const channel_name counted_;
    std::mutex mutex_;
    std::vector<pubsub::subscription_id> subscriptions_;
    std::atomic<std::size_t> awaited_ = 0; // that is not in place yet
    // Of messages that the shards have not done yet.
    const std::shared_ptr<std::atomic<std::size_t>> incoming_bytes_ =
        std::make_shared<std::atomic<std::size_t>>(0);
    std::atomic<std::size_t> dropped_ = 0; // that the shard has not counted yet
    std::shared_mutex open_;               // shared by what is being heard
    std::atomic<bool> closed_ = false;
};

} // namespace sockeye::adapter_redis
