#pragma once

#include "server/gatekeeper.hpp"

#include <sockeye/adapter_redis/redis_client.hpp>
#include <sockeye/app/config.hpp>
#include <sockeye/app/event_log.hpp>
#include <sockeye/app/sessions.hpp>
#include <sockeye/app/state_machine.hpp>
#include <sockeye/app/store.hpp>
#include <sockeye/app/users.hpp>
#include <sockeye/engineio/http_server.hpp>
#include <sockeye/socketio/options.hpp>

#include <memory>
#include <vector>

/// What the server is made of, as the configuration says.
namespace sockeye::app {

engineio::http_server_options http_options(const server_config& from);
/// What joins this instance to the others. Null: it is alone.
std::shared_ptr<adapter_redis::redis_client> make_adapter_link(const server_config& from,
                                                               engineio::http_server& server,
                                                               const engineio::logger& log);
socketio::server_options io_options(const server_config& from,
                                    std::shared_ptr<adapter_redis::redis_client> link);
users_options users_options_of(const server_config& from);
api_access api_access_of(const server_config& from);

std::unique_ptr<store> make_store(const server_config& from, engineio::http_server& server,
                                  const engineio::logger& log);
/// Throws std::runtime_error for a file that cannot be used.
std::unique_ptr<event_log> make_event_log(const server_config& from, engineio::shards& shards,
                                          const engineio::logger& log);
std::vector<state_machine> machines_of(const server_config& from);

} // namespace sockeye::app
