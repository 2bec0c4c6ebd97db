#include "codec/channels.hpp"
#include "codec/envelope.hpp"
#include "io/pubsub_adapter.hpp"

#include <sockeye/adapter_redis/sharded_adapter.hpp>

#include <mutex>
#include <unordered_map>
#include <utility>

namespace sockeye::adapter_redis {

namespace cluster = socketio::cluster;
using socketio::cluster_message;
using socketio::local_namespace;

namespace {

// Of every socket's id, and so of the room of its own.
constexpr std::size_t id_length = 20;

class sharded_redis_adapter final : public pubsub_adapter {
public:
    sharded_redis_adapter(local_namespace& local, std::shared_ptr<pubsub> bus,
                          const sharded_options& options)
        : pubsub_adapter(local, std::move(bus), options.common,
                         {channel_kind::sharded,
                          cluster_channels(options.channel_prefix, local.name()).everybody}),
          channels_(options.channel_prefix, local.name()), own_(uid(), local.name()),
          rooms_(options.rooms) {}

    void start() override {
        subscribe({{sharded(channels_.of(uid())), envelopes_but(own_)},
                   {sharded(channels_.everybody), envelopes_but(own_)}});
    }

    void close() override {
        {
            const std::lock_guard lock(mutex_);
            for (const auto& [room, which] : subscribed_rooms_)
                unsubscribe(which);
            subscribed_rooms_.clear();
        }
        pubsub_adapter::close();
    }

    [[nodiscard]] bool wants_rooms() const override { return rooms_ != room_channels::none; }

    void on_room(std::string_view room, bool exists) override {
        if (!has_channel(room)) return;
        const std::lock_guard lock(mutex_);
        if (exists) {
            subscribed_rooms_.emplace(room,
                                      subscribe(sharded(channels_.of(room)), envelopes_but(own_)));
        } else if (auto ended = subscribed_rooms_.extract(std::string(room))) {
            unsubscribe(ended.mapped());
        }
    }

protected:
    void publish(const cluster_message& message, sent_callback sent) override {
        const auto* const order = std::get_if<cluster::broadcast>(&message.what);
        const bool to_room = order != nullptr && !order->request_id &&
                             order->to.rooms.size() == 1 && has_channel(order->to.rooms.front());
        say_on(to_room ? channels_.of(order->to.rooms.front()) : channels_.everybody, message);
        if (sent) sent({});
    }
    void publish_response(const std::string& to_uid, const cluster_message& message) override {
        say_on(channels_.of(to_uid), message);
    }

private:
    // Whether somebody else's private room has a channel cannot be known: by its length it is one.
    [[nodiscard]] bool has_channel(std::string_view room) const {
        return rooms_ == room_channels::all_rooms ||
               (rooms_ == room_channels::public_rooms && room.size() != id_length);
    }
    static channel_name sharded(std::string name) {
        return {channel_kind::sharded, std::move(name)};
    }

    void say_on(const std::string& name, const cluster_message& message) {
        bus().publish(channel_kind::sharded, name, encode_sharded(to_envelope(message)));
    }

    const cluster_channels channels_;
    const own_ending own_;
    const room_channels rooms_;
    std::mutex mutex_;
    std::unordered_map<std::string, pubsub::subscription_id> subscribed_rooms_;
};

} // namespace

socketio::adapter_factory sharded_adapter(std::shared_ptr<pubsub> bus, sharded_options options) {
    return [bus = std::move(bus), options = std::move(options)](local_namespace& local) {
        return std::make_unique<sharded_redis_adapter>(local, bus, options);
    };
}

} // namespace sockeye::adapter_redis
