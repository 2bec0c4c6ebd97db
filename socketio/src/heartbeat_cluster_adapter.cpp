#include "state/peers.hpp"

#include <sockeye/socketio/heartbeat_cluster_adapter.hpp>

#include <mutex>
#include <utility>

namespace sockeye::socketio {

struct heartbeat_cluster_adapter::presence {
    explicit presence(std::chrono::milliseconds timeout) : others(timeout) {}

    std::mutex mutex; // held for a few lines each time
    peers others;
    engineio::time_point next_heartbeat;
    bool closed = false;
};

heartbeat_cluster_adapter::heartbeat_cluster_adapter(local_namespace& local,
                                                     const cluster_options& options,
                                                     heartbeat_options heartbeat)
    : cluster_adapter(local, options), heartbeat_(std::move(heartbeat)),
      presence_(std::make_unique<presence>(heartbeat_.timeout)) {}

heartbeat_cluster_adapter::~heartbeat_cluster_adapter() = default;

void heartbeat_cluster_adapter::start() {
    presence_->next_heartbeat = heartbeat_.now() + heartbeat_.interval;
    publish(say(cluster::initial_heartbeat{}), {});
    check_regularly();
}

void heartbeat_cluster_adapter::close() {
    {
        const std::lock_guard lock(presence_->mutex);
        presence_->closed = true;
    }
    publish(say(cluster::adapter_close{}), {});
    cluster_adapter::close();
}

// One timer for both: it is of no matter if a server is declared dead a little late.
void heartbeat_cluster_adapter::check_regularly() {
    local().shards().post_after(home(), heartbeat_.check_interval, while_alive([this] {
                                    if (check()) check_regularly();
                                }));
}

bool heartbeat_cluster_adapter::check() {
    std::vector<std::string> gone;
    bool due = false;
    {
        const std::lock_guard lock(presence_->mutex);
        if (presence_->closed) return false;
        const auto now = heartbeat_.now();
        gone = presence_->others.expire(now);
        due = now >= presence_->next_heartbeat;
        if (due) presence_->next_heartbeat = now + heartbeat_.interval;
    }
    if (due) publish(say(cluster::heartbeat{}), {});
    for (const std::string& uid : gone)
        server_left(uid);
    return true;
}

void heartbeat_cluster_adapter::on_heard(const cluster_message& message) {
    if (message.uid.empty() || message.uid == emitter_uid) return;
    const bool leaves = std::holds_alternative<cluster::adapter_close>(message.what);
    {
        const std::lock_guard lock(presence_->mutex);
        if (leaves)
            presence_->others.remove(message.uid);
        else
            presence_->others.heard(message.uid, heartbeat_.now());
    }
    if (leaves) server_left(message.uid);
    if (std::holds_alternative<cluster::initial_heartbeat>(message.what))
        publish(say(cluster::heartbeat{}), {});
}

std::vector<std::string> heartbeat_cluster_adapter::peer_uids() const {
    const std::lock_guard lock(presence_->mutex);
    return presence_->others.uids();
}

void heartbeat_cluster_adapter::server_count(std::function<void(outcome<std::size_t>)> then) {
    then({{}, peer_uids().size() + 1});
}

void heartbeat_cluster_adapter::other_servers(std::function<void(outcome<server_set>)> then) {
    then({{}, peer_uids()});
}

} // namespace sockeye::socketio
