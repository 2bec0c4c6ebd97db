#include "codec/event_names.hpp"
#include "codec/stream_entries.hpp"
#include "io/classic_publisher.hpp"
#include "io/stream_publisher.hpp"
#include "state/room_list.hpp"

#include <sockeye/adapter_redis/emitter.hpp>

namespace sockeye::adapter_redis {

namespace cluster = socketio::cluster;
using socketio::cluster_message;

emitter::emitter(publisher publish)
    : publish_(std::make_shared<const publisher>(std::move(publish))) {}

emitter emitter::of(std::string_view nsp) const {
    emitter other = *this;
    other.nsp_ = nsp.starts_with('/') ? std::string(nsp) : "/" + std::string(nsp);
    return other;
}

emitter emitter::to(const room_names& rooms) const {
    emitter more = *this;
    socketio::add_rooms(more.to_.rooms, rooms);
    return more;
}

emitter emitter::except(const room_names& rooms) const {
    emitter fewer = *this;
    socketio::add_rooms(fewer.to_.except, rooms);
    return fewer;
}

emitter emitter::volatile_() const {
    emitter other = *this;
    other.flags_.volatile_ = true;
    return other;
}

emitter emitter::compress(bool on) const {
    emitter other = *this;
    other.flags_.compress = on;
    return other;
}

void emitter::emit_array(socketio::array event) const {
    socketio::check_event_name(event);
    say(cluster::broadcast{std::move(event), to_, flags_});
}

void emitter::sockets_join(const room_names& rooms) const {
    say(cluster::join{to_, {}, rooms.names()});
}

void emitter::sockets_leave(const room_names& rooms) const {
    say(cluster::leave{to_, {}, rooms.names()});
}

void emitter::disconnect_sockets(bool close) const {
    say(cluster::disconnect{to_, {}, close});
}

void emitter::server_side_emit_array(socketio::array event) const {
    socketio::check_server_event_name(event);
    say(cluster::server_side_emit{std::move(event)});
}

void emitter::say(cluster_message::content what) const {
    (*publish_)({std::string(socketio::emitter_uid), nsp_, std::move(what)});
}

emitter classic_emitter(std::shared_ptr<pubsub> bus, const std::string& key) {
    return emitter([bus = std::move(bus), key](const cluster_message& message) {
        publish_classic(*bus, classic_channels(key, message.nsp), message);
    });
}

emitter streams_emitter(std::shared_ptr<redis_client> link, const streams_options& options) {
    return emitter([link = std::move(link), options](const cluster_message& message) {
        const auto stream = stream_name(options.stream_name, options.stream_count, message.nsp);
        stream_publisher(link, stream, options.max_length).add(message);
    });
}

} // namespace sockeye::adapter_redis
