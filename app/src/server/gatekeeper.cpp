#include "server/gatekeeper.hpp"

#include <sockeye/app/users.hpp>

#include <openssl/crypto.h>

#include <utility>

namespace sockeye::app {

limits_options limits_of(const server_config& config) {
    limits_options made;
    made.connections_per_ip.count = config.connections_per_ip;
    made.requests_per_ip.count = config.requests_per_ip;
    made.events_per_ip.count = config.events_per_ip;
    made.events_per_user.count = config.events_per_user;
    return made;
}

gatekeeper::gatekeeper(limits& counts, const server_config& config)
    : limits_(counts), trusted_proxies_(config.trusted_proxies), api_keys_(config.api_keys) {}

void gatekeeper::set_api_keys(std::vector<std::string> keys) {
    const std::lock_guard lock(mutex_);
    api_keys_ = std::move(keys);
}

void gatekeeper::guard(engineio::server& engine) {
    engine.use([this](engineio::middleware_context& connection, engineio::middleware_next next) {
        // Those with a session have been counted when they came.
        if (engineio::query_value(connection.request().query(), "sid")) return next(std::nullopt);
        socketio::start(decide(connection, std::move(next)), [](const std::exception_ptr&) {});
    });
}

task<> gatekeeper::decide(engineio::middleware_context& connection,
                          engineio::middleware_next next) {
    const auto verdict = co_await limits_.check_connection(
        client_of(connection.request(), connection.remote_address()));
    if (verdict.allowed) {
        next(std::nullopt);
        co_return;
    }
    const auto wait = (verdict.retry_after.count() + 999) / 1000;
    connection.refuse({.status = 429,
                       .headers = {{"Retry-After", std::to_string(wait)}},
                       .body = "too many connections from this address"});
}

task<> gatekeeper::admit(socketio::socket from) {
    const auto* request = from.request();
    const std::string& peer = from.handshake().address;
    std::string ip = request ? client_of(*request, peer) : peer;
    std::string user = bound_user(from).value_or("");
    enforce(co_await limits_.check_event(std::move(ip), std::move(user)));
}

task<> gatekeeper::admit_http(engineio::http_exchange from) {
    // First, so that keys cannot be tried without end.
    enforce(co_await limits_.check_request(client_of(from.request(), from.remote_address())));
    static constexpr std::string_view scheme = "Bearer ";
    const std::string_view given = from.request().header("authorization");
    if (!given.starts_with(scheme) || !is_api_key(given.substr(scheme.size())))
        throw service_error(
            "UNAUTHENTICATED",
            "this needs a header 'Authorization: Bearer KEY' with one of the API keys");
}

bool gatekeeper::is_api_key(std::string_view given) const {
    const std::lock_guard lock(mutex_);
    bool known = false;
    for (const std::string& key : api_keys_)
        known |=
            key.size() == given.size() && CRYPTO_memcmp(key.data(), given.data(), key.size()) == 0;
    return known;
}

std::string gatekeeper::client_of(const engineio::http_request& request,
                                  const std::string& peer) const {
    return client_address(request, peer, trusted_proxies_);
}

} // namespace sockeye::app
