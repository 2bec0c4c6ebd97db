#include "server/parts.hpp"

#include "transitions/machines_file.hpp"
#include "wall_clock.hpp"

#include <sockeye/adapter_redis/classic_adapter.hpp>
#include <sockeye/adapter_redis/redis_cluster.hpp>
#include <sockeye/adapter_redis/shard_links.hpp>
#include <sockeye/adapter_redis/sharded_adapter.hpp>
#include <sockeye/adapter_redis/streams_adapter.hpp>
#include <sockeye/app/memory_store.hpp>
#include <sockeye/app/postgres_event_log.hpp>
#include <sockeye/app/redis_store.hpp>
#include <sockeye/app/sqlite_event_log.hpp>

#include <algorithm>
#include <utility>

namespace sockeye::app {

using adapter_redis::is_redis_cluster_url;

namespace {

adapter_redis::redis_options redis_options_of(const server_config& from,
                                              const engineio::logger& log) {
    auto options = adapter_redis::parse_redis_url(from.redis_url);
    options.log = log;
    return options;
}

adapter_redis::redis_cluster_options redis_cluster_options_of(const server_config& from,
                                                              const engineio::logger& log) {
    auto options = adapter_redis::parse_redis_cluster_url(from.redis_url);
    options.each.log = log;
    return options;
}

socketio::adapter_factory adapter_of(const server_config& from,
                                     std::shared_ptr<adapter_redis::redis_client> link) {
    if (!link) return {};
    switch (from.adapter) {
    case cluster_adapter_kind::classic:
        return adapter_redis::classic_adapter(std::move(link));
    case cluster_adapter_kind::sharded:
        return adapter_redis::sharded_adapter(std::move(link));
    default:
        return adapter_redis::streams_adapter(std::move(link));
    }
}

std::shared_ptr<const token_verifier> verifier_of(const server_config& from) {
    const token_sources keys{from.token_secret, from.token_key_file, from.token_jwks_file};
    if (keys.secret.empty() && keys.key_file.empty() && keys.jwks_file.empty()) return nullptr;
    return std::make_shared<const token_verifier>(
        keys, token_options{.issuer = from.token_issuer,
                            .audience = from.token_audience,
                            .clock_skew = from.token_clock_skew});
}

// Of one event in the log, as JSON: it is read in a message, which has to fit into a client's
// queue.
std::size_t max_logged_bytes(const server_config& from) {
    return from.max_queue_bytes / 2;
}

event_log_options log_options(const server_config& from, const engineio::logger& log) {
    event_log_options made;
    made.max_event_bytes = max_logged_bytes(from);
    made.max_page_bytes = from.max_queue_bytes / 4;
    made.keep = from.event_log_keep;
    made.log = log;
    return made;
}

} // namespace

engineio::http_server_options http_options(const server_config& from) {
    engineio::http_server_options made{.threads = from.threads};
    if (!from.tls_certificate_file.empty())
        made.tls = {.certificate_chain_file = from.tls_certificate_file,
                    .private_key_file = from.tls_key_file};
    return made;
}

std::shared_ptr<adapter_redis::redis_client> make_adapter_link(const server_config& from,
                                                               engineio::http_server& server,
                                                               const engineio::logger& log) {
    if (from.redis_url.empty()) return nullptr;
    if (is_redis_cluster_url(from.redis_url))
        return std::make_shared<adapter_redis::redis_cluster>(redis_cluster_options_of(from, log));
    return std::make_shared<adapter_redis::shard_links>(redis_options_of(from, log), server);
}

socketio::server_options io_options(const server_config& from,
                                    std::shared_ptr<adapter_redis::redis_client> link) {
    socketio::server_options made;
    made.engine.max_payload = from.max_payload;
    made.engine.queue.max_bytes = from.max_queue_bytes;
    if (!from.client_files.empty()) made.client_files = from.client_files;
    made.adapter = adapter_of(from, std::move(link));
    made.recovery = socketio::recovery_options{};
    return made;
}

users_options users_options_of(const server_config& from) {
    return {.tokens = verifier_of(from),
            .token_required = from.token_required,
            .allow_register = from.allow_register};
}

api_access api_access_of(const server_config& from) {
    return {.keys = from.api_keys,
            .tokens = from.api_token_scope.empty() ? nullptr : verifier_of(from),
            .scope = from.api_token_scope};
}

std::unique_ptr<store> make_store(const server_config& from, engineio::http_server& server,
                                  const engineio::logger& log) {
    if (from.redis_url.empty()) return std::make_unique<memory_store>(server.shards(), wall_clock);
    if (!is_redis_cluster_url(from.redis_url))
        return std::make_unique<redis_store>(server, redis_options_of(from, log),
                                             from.redis_key_prefix);
    const std::string_view told = from.redis_key_prefix;
    return std::make_unique<redis_store>(server.shards(), redis_cluster_options_of(from, log),
                                         std::string(told.empty() ? cluster_key_prefix : told));
}

std::unique_ptr<event_log> make_event_log(const server_config& from, engineio::shards& shards,
                                          const engineio::logger& log) {
    if (!from.database_url.empty())
        return postgres_event_log(shards, {.url = from.database_url}, log_options(from, log));
    sqlite_options where{.file = from.event_log_file};
    if (where.file == ":memory:") where.max_bytes = from.event_log_memory;
    return sqlite_event_log(shards, std::move(where), log_options(from, log));
}

std::vector<state_machine> machines_of(const server_config& from) {
    std::vector<state_machine> machines;
    if (!from.machines_file.empty()) machines = read_machines_file(from.machines_file);
    state_machine court = court_machine();
    if (std::ranges::count(machines, court.name, &state_machine::name) == 0)
        machines.push_back(std::move(court));
    return machines;
}

} // namespace sockeye::app
