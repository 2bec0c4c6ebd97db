#pragma once

#include <sockeye/app/client_address.hpp>
#include <sockeye/app/config.hpp>
#include <sockeye/app/context.hpp>
#include <sockeye/app/limits.hpp>
#include <sockeye/app/tokens.hpp>
#include <sockeye/engineio/http_server.hpp>
#include <sockeye/engineio/server.hpp>
#include <sockeye/socketio/socket.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::app {

/// What opens the HTTP API: any of the keys, or a token whose claim `scope` has that word.
struct api_access {
    std::vector<std::string> keys = {};
    std::shared_ptr<const token_verifier> tokens = nullptr;
    std::string scope = {}; // empty: no token does
};

/// Who may come in, and how often: new connections, clients' events, and requests of the HTTP API.
class gatekeeper {
public:
    /// Throws std::invalid_argument for what is no address of a proxy.
    gatekeeper(limits& counts, const server_config& config, std::function<milliseconds()> now);
    void set(api_access access); // from any thread

    /// Refuses new connections beyond the limit with 429. Before listen.
    void guard(engineio::server& engine);
    /// Throws RATE_LIMITED.
    task<> admit(socketio::socket from);
    /// Throws RATE_LIMITED, UNAUTHENTICATED or FORBIDDEN.
    task<> admit_http(engineio::http_exchange from);

private:
    task<> decide(engineio::middleware_context& connection, engineio::middleware_next next);
    void check_access(std::string_view credential) const;
    [[nodiscard]] std::string client_of(const engineio::http_request& request,
                                        const std::string& peer) const;

    limits& limits_;
    const address_list trusted_proxies_;
    const std::function<milliseconds()> now_;
    mutable std::mutex mutex_; // guards the pointer
    std::shared_ptr<const api_access> access_ = std::make_shared<const api_access>();
};

limits_options limits_of(const server_config& config);

} // namespace sockeye::app
