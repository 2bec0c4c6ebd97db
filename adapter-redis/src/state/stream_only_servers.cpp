#include "state/stream_only_servers.hpp"

#include <cstddef>
#include <utility>
#include <variant>

namespace sockeye::adapter_redis {

namespace cluster = socketio::cluster;
using socketio::cluster_message;

namespace {

constexpr std::size_t most_servers = 1000; // whoever can write to the stream can invent some
constexpr std::chrono::milliseconds beat_interval(2500);

bool is_of_stream_only(const cluster_message& message) {
    if (message.uid.empty() || message.uid == socketio::emitter_uid) return false;
    if (const auto* const order = std::get_if<cluster::broadcast>(&message.what))
        return order->request_id.has_value();
    if (const auto* const event = std::get_if<cluster::server_side_emit>(&message.what))
        return event->request_id.has_value();
    return std::holds_alternative<cluster::initial_heartbeat>(message.what) ||
           std::holds_alternative<cluster::heartbeat>(message.what) ||
           std::holds_alternative<cluster::fetch_sockets>(message.what);
}

} // namespace

bool stream_only_servers::on_entry(const cluster_message& message, time_point now) {
    const std::lock_guard lock(mutex_);
    known_.expire(now);
    if (std::holds_alternative<cluster::adapter_close>(message.what)) known_.remove(message.uid);
    if (!is_of_stream_only(message)) return false;
    if (known_.size() >= most_servers && !known_.has(message.uid)) return false;
    known_.heard(message.uid, now);
    const bool is_new = std::holds_alternative<cluster::initial_heartbeat>(message.what);
    if (know_of_us_ && !is_new && now - last_beat_ < beat_interval) return false;
    last_beat_ = now;
    know_of_us_ = true;
    return true;
}

bool stream_only_servers::has(const std::string& uid) const {
    const std::lock_guard lock(mutex_);
    return known_.has(uid);
}

bool stream_only_servers::know_of_us() const {
    const std::lock_guard lock(mutex_);
    return know_of_us_;
}

} // namespace sockeye::adapter_redis
