#include "io/classic_publisher.hpp"

#include "codec/classic_translation.hpp"

#include <algorithm>
#include <string>

namespace sockeye::adapter_redis {

namespace {

// The room, if there is one, and however often it is named.
const std::string* only_room(const selection& to) {
    const auto is_first = [&](const std::string& room) { return room == to.rooms.front(); };
    const bool one = !to.rooms.empty() && std::ranges::all_of(to.rooms, is_first);
    return one ? &to.rooms.front() : nullptr;
}

} // namespace

void publish_classic(pubsub& bus, const classic_channels& channels,
                     const socketio::cluster_message& message) {
    if (const auto request = to_request(message)) {
        bus.publish(channel_kind::plain, channels.request, encode(*request));
    } else if (const auto broadcast = to_broadcast(message)) {
        const std::string* const room = only_room(broadcast->to);
        bus.publish(channel_kind::plain,
                    room == nullptr ? channels.broadcast : channels.broadcast_to(*room),
                    encode(*broadcast));
    }
}

} // namespace sockeye::adapter_redis
