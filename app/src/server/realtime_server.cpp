#include "server/realtime_server.hpp"

#include "server/http/openapi.hpp"
#include "server/http/realtime_routes.hpp"
#include "server/parts.hpp"
#include "wall_clock.hpp"

#include <sockeye/engineio/server.hpp>
#include <sockeye/engineio/session.hpp>

#include <algorithm>
#include <future>
#include <thread>
#include <utility>

namespace sockeye::app {

using socketio::object;
using socketio::value;

namespace {

// Nothing takes place beside a move: the lock of an instance that has died must not hold up a
// time-out for longer.
constexpr milliseconds lock_life = seconds(1);

user_hooks user_hooks_for(presence_events& present) {
    return {.bound = [&present](const socketio::socket& s, const std::string& user) {
        present.bind(s, user);
    }};
}

} // namespace

realtime_server::realtime_server(server_config config, engineio::logger log)
    : config_(std::move(config)), log_(std::move(log)), http_(http_options(config_)),
      state_(make_store(config_, http_, log_)),
      event_log_(make_event_log(config_, http_.shards(), log_)), on_{*state_, http_.shards(),
                                                                     wall_clock, config_.node_id,
                                                                     log_},
      adapter_link_(make_adapter_link(config_, http_, log_)),
      io_(http_, io_options(config_, adapter_link_)), limits_(on_, limits_of(config_)),
      gate_(limits_, config_, on_.now),
      requests_(on_, [this](socketio::socket from) { return gate_.admit(std::move(from)); }),
      rooms_(on_, [this](const object& room) { announce_room(io_, room); },
             {.max_listed = config_.max_rooms_listed}),
      room_events_(rooms_, presence_, presence_events_, requests_, on_),
      presence_(on_, [this](const presence_change& change) { tell(change); },
                {.lease = config_.presence_lease, .grace = config_.presence_grace}),
      history_events_(*event_log_, requests_, on_, config_),
      presence_events_(presence_, requests_, history_events_, on_),
      users_(on_, io_.sockets(), users_options_of(config_), user_hooks_for(presence_events_)),
      user_events_(users_, presence_, requests_, on_.node),
      session_events_(on_, requests_, io_, config_.session_history ? event_log_.get() : nullptr),
      clock_events_(on_, requests_, io_),
      transitions_(on_, machines_of(config_),
                   [this](const case_transition& news) { announce(io_, news); },
                   {.prefix = config_.transitions_prefix, .lock_life = lock_life}),
      case_events_(transitions_, requests_),
      api_(on_, [this](const engineio::http_exchange& from) { return gate_.admit_http(from); }),
      page_(config_.page), loops_(http_.shards()) {
    http_.log(log_);
    http_.route([this](engineio::http_exchange exchange) { route(exchange); });
    users_.install();
    io_.on_connection([this](const socketio::socket& s) { serve(s); });
    io_.on("cluster:node", [this](socketio::ack<object> done) { done(describe_node()); });
    gate_.set(api_access_of(config_));
    gate_.guard(io_.engine());
    add_routes();
}

realtime_server::~realtime_server() {
    stop();
}

unsigned short realtime_server::listen() {
    return http_.listen(config_.port, config_.address);
}

void realtime_server::start() {
    runs_ = true;
    http_.start();
    await_redis(seconds(1));
    loops_.start();
    presence_.start();
    session_events_.start();
    clock_events_.start();
    transitions_.start();
}

void realtime_server::await_redis(milliseconds limit) const {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    const auto is_there = [this] {
        return state_->health().ready && (!adapter_link_ || adapter_link_->counters().connected);
    };
    while (!is_there() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(milliseconds(1));
}

void realtime_server::reload(const server_config& changed) {
    auto rules = users_options_of(changed);
    auto access = api_access_of(changed);
    if (!changed.tls_certificate_file.empty()) http_.reload_certificates();
    users_.set(std::move(rules));
    limits_.set(limits_of(changed));
    gate_.set(std::move(access));
}

void realtime_server::tell(const presence_change& change) {
    announce(io_, change);
    room_events_.follow(change);
}

void realtime_server::serve(const socketio::socket& s) {
    presence_events_.serve(s);
    room_events_.serve(s);
    user_events_.serve(s);
    history_events_.serve(s);
    session_events_.serve(s);
    clock_events_.serve(s);
    case_events_.serve(s);
    requests_.on(s, "cluster:stats", [this](value) { return cluster_stats(); });
}

// ---- HTTP

health_sources realtime_server::sources() {
    return {io_, adapter_link_.get(), *state_, *event_log_, requests_, loops_};
}

void realtime_server::add_routes() {
    api_.add(
        {.method = "GET",
         .path = "/healthz",
         .summary = "Says that the process is alive, and how much it does",
         .open = true,
         .answer = always({{"healthy", api_kind::boolean},
                           {"metrics", api_kind::members},
                           {"timestamp", api_kind::integer}}),
         .handle = [this](api_call) -> task<object> { co_return health(sources(), on_.now()); }});
    api_.add({.method = "GET",
              .path = "/readyz",
              .summary = "Says whether clients can be served: 503 if not",
              .open = true,
              .answer = always({{"ready", api_kind::boolean},
                                {"store", api_kind::boolean},
                                {"eventLog", api_kind::boolean}}),
              .handle = [this](api_call) -> task<object> { co_return readiness(); }});
    api_.add({.method = "GET",
              .path = "/openapi.json",
              .summary = "Describes these operations",
              .open = true,
              .answer = always({{"openapi", api_kind::text},
                                {"info", api_kind::members},
                                {"paths", api_kind::members},
                                {"components", api_kind::members}}),
              .handle = [this](api_call) -> task<object> { co_return describe(api_.routes()); }});
    add_realtime_routes(api_, io_);
    add_presence_routes(api_, presence_);
    add_room_routes(api_, rooms_);
    add_session_routes(api_, session_events_.service());
    add_event_log_routes(api_, *event_log_, on_.now);
}

object realtime_server::readiness() const {
    if (draining_) throw service_error("UNAVAILABLE", "this instance is about to stop");
    if (!state_->health().ready) throw service_error("UNAVAILABLE", "the store is away");
    if (!event_log_->health().ready)
        throw service_error("UNAVAILABLE", "the event log's database is away");
    return {{"ready", true}, {"store", true}, {"eventLog", true}};
}

void realtime_server::route(const engineio::http_exchange& exchange) {
    const auto path = exchange.request().path();
    if (path == "/metrics") {
        exchange.respond({.headers = {{"Content-Type", "text/plain; version=0.0.4"}},
                          .body = metrics(sources())});
        return;
    }
    if (api_.handle(exchange)) return;
    auto file = page_.find(path);
    exchange.respond(file ? *std::move(file) : engineio::http_response{.status = 404});
}

// ---- the cluster

object realtime_server::describe_node() const {
    return {{"id", on_.node}, {"clients", io_.counters().sockets}};
}

task<object> realtime_server::cluster_stats() {
    socketio::array nodes;
    // Alone, there is nobody to ask.
    const bool is_alone = config_.redis_url.empty();
    try {
        if (!is_alone) nodes = co_await io_.server_side_emit_with_ack("cluster:node");
    } catch (const socketio::operation_error& late) {
        nodes = late.responses;
    }
    nodes.insert(nodes.begin(), describe_node());
    co_return object{{"node", on_.node},
                     {"nodes", std::move(nodes)},
                     {"store", object{{"kind", is_alone ? "memory" : "redis"},
                                      {"ready", state_->health().ready}}}};
}

// ---- the end

void realtime_server::begin_drain(milliseconds limit) {
    if (draining_.exchange(true)) return;
    log_(engineio::log_level::info, "draining: no new connections; clients are asked to move on");
    http_.stop_listening();
    const milliseconds over = limit / 2;
    for (unsigned shard = 0; shard < http_.shards().size(); ++shard)
        http_.shards().post(shard, [this, shard, over] { spread_closing(shard, over); });
}

// All at once would come to the other instances all at once.
void realtime_server::spread_closing(unsigned shard, milliseconds over) {
    std::vector<std::string> ids;
    io_.engine().for_each([&](engineio::session& s) { ids.push_back(s.id()); });
    const milliseconds step =
        std::min<milliseconds>(over / std::max<std::size_t>(ids.size(), 1), milliseconds(20));
    for (std::size_t i = 0; i < ids.size(); ++i)
        http_.shards().post_after(shard, step * i, [this, id = ids[i]] {
            if (auto* session = io_.engine().find(id)) session->close();
        });
}

bool realtime_server::drained() const {
    return draining_ && http_.counters().sessions == 0;
}

void realtime_server::stop() {
    if (std::exchange(runs_, false)) close_clients();
    http_.stop(seconds(2));
    state_->close(); // while those who wait for answers are there
    event_log_->close();
}

// While the threads still run: what their end has to say to other instances, and what is kept for
// clients that come back, goes out by them.
void realtime_server::close_clients() {
    io_.close();
    std::vector<std::future<void>> closed;
    for (unsigned shard = 0; shard < shards().size(); ++shard) {
        const auto done = std::make_shared<std::promise<void>>();
        closed.push_back(done->get_future());
        shards().post(shard, [done] { done->set_value(); });
    }
    for (const auto& one : closed)
        one.wait_for(seconds(2));
    if (adapter_link_) adapter_link_->drain(seconds(1));
}

} // namespace sockeye::app
