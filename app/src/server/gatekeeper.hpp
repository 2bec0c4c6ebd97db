#pragma once

#include <sockeye/app/client_address.hpp>
#include <sockeye/app/config.hpp>
#include <sockeye/app/context.hpp>
#include <sockeye/app/limits.hpp>
#include <sockeye/engineio/http_server.hpp>
#include <sockeye/engineio/server.hpp>
#include <sockeye/socketio/socket.hpp>

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::app {

/// Who may come in, and how often: new connections, clients' events, and requests of the HTTP API.
class gatekeeper {
public:
    /// Throws std::invalid_argument for what is no address of a proxy.
    gatekeeper(limits& counts, const server_config& config);
    void set_api_keys(std::vector<std::string> keys); // from any thread

    /// Refuses new connections beyond the limit with 429. Before listen.
    void guard(engineio::server& engine);
    /// Throws RATE_LIMITED.
    task<> admit(socketio::socket from);
    /// Throws RATE_LIMITED or UNAUTHENTICATED.
    task<> admit_http(engineio::http_exchange from);

private:
    task<> decide(engineio::middleware_context& connection, engineio::middleware_next next);
    [[nodiscard]] bool is_api_key(std::string_view given) const;
    [[nodiscard]] std::string client_of(const engineio::http_request& request,
                                        const std::string& peer) const;

    limits& limits_;
    const address_list trusted_proxies_;
    mutable std::mutex mutex_; // guards the keys
    std::vector<std::string> api_keys_;
};

limits_options limits_of(const server_config& config);

} // namespace sockeye::app
