#pragma once

#include "server/case_events.hpp"
#include "server/clock_events.hpp"
#include "server/gatekeeper.hpp"
#include "server/health.hpp"
#include "server/history_events.hpp"
#include "server/http/api_router.hpp"
#include "server/loop_watch.hpp"
#include "server/page_files.hpp"
#include "server/presence_events.hpp"
#include "server/requests.hpp"
#include "server/room_events.hpp"
#include "server/session_events.hpp"
#include "server/user_events.hpp"

#include <sockeye/adapter_redis/redis_client.hpp>
#include <sockeye/app/config.hpp>
#include <sockeye/app/presence.hpp>
#include <sockeye/engineio/http_server.hpp>
#include <sockeye/socketio/server.hpp>

#include <atomic>
#include <memory>
#include <string>

namespace sockeye::app {

/// The services, wired to Socket.IO events and to HTTP. What each part does is in its own file.
class realtime_server {
public:
    /// Throws std::runtime_error or std::system_error for what cannot be used: a file, an address.
    realtime_server(server_config config, engineio::logger log);
    ~realtime_server();

    /// On threads of its own. Waits a moment for Redis, if there is one: whoever connects first is
    /// to find it.
    void start();
    unsigned short listen();
    /// Takes on the settings that may change while it runs, and reads keys and certificates again.
    /// Throws for files that cannot be used: then everything stays as it was.
    void reload(const server_config& changed);

    /// Takes no new connections, and asks clients to move on, a few at a time, the last after half
    /// of the limit.
    void begin_drain(milliseconds limit);
    [[nodiscard]] bool drained() const;
    /// Ends what is left.
    void stop();

    [[nodiscard]] engineio::shards& shards() { return http_.shards(); }

private:
    void tell(const presence_change& change);
    void serve(const socketio::socket& s);
    void route(const engineio::http_exchange& exchange);
    void add_routes();
    [[nodiscard]] health_sources sources();
    [[nodiscard]] socketio::object readiness() const;
    [[nodiscard]] socketio::object describe_node() const;
    task<socketio::object> cluster_stats();
    void spread_closing(unsigned shard, milliseconds over);
    void close_clients();
    void await_redis(milliseconds limit) const;

    server_config config_;
    engineio::logger log_;
    std::atomic<bool> draining_ = false;
    bool runs_ = false;
    engineio::http_server http_;
    std::unique_ptr<store> state_;
    std::unique_ptr<event_log> event_log_;
    context on_;
    const std::shared_ptr<adapter_redis::redis_client> adapter_link_; // null: alone
    socketio::server io_;
    limits limits_;
    gatekeeper gate_;
    requests requests_;
    rooms rooms_;
    room_events room_events_; // ahead of presence, which tells it
    presence presence_;
    history_events history_events_;
    presence_events presence_events_;
    users users_;
    user_events user_events_;
    session_events session_events_;
    clock_events clock_events_;
    transitions transitions_;
    case_events case_events_;
    api_router api_;
    const page_files page_;
    loop_watch loops_;
};

} // namespace sockeye::app
