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

namespace {

bool is_one_of(const std::vector<std::string>& keys, std::string_view given) {
    bool known = false;
    for (const std::string& key : keys)
        known |=
            key.size() == given.size() && CRYPTO_memcmp(key.data(), given.data(), key.size()) == 0;
    return known;
}

// Words with spaces between them (RFC 8693 §4.2).
bool has_scope(const good_token& token, std::string_view wanted) {
    const auto* claim = token.claims.find("scope");
    const auto* words = claim ? claim->get_if<std::string>() : nullptr;
    return words && (' ' + *words + ' ').find(' ' + std::string(wanted) + ' ') != std::string::npos;
}

} // namespace

gatekeeper::gatekeeper(limits& counts, const server_config& config,
                       std::function<milliseconds()> now)
    : limits_(counts), trusted_proxies_(config.trusted_proxies), now_(std::move(now)) {}

void gatekeeper::set(api_access access) {
    auto made = std::make_shared<const api_access>(std::move(access));
    const std::lock_guard lock(mutex_);
    access_ = std::move(made);
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
    check_access(given.starts_with(scheme) ? given.substr(scheme.size()) : "");
}

void gatekeeper::check_access(std::string_view credential) const {
    std::shared_ptr<const api_access> access;
    {
        const std::lock_guard lock(mutex_);
        access = access_;
    }
    if (is_one_of(access->keys, credential)) return;
    const bool may_be_token = access->tokens && !access->scope.empty();
    const auto verdict = may_be_token ? access->tokens->verify(credential, now_())
                                      : token_verdict(bad_token{token_fault::malformed, {}});
    const auto* token = std::get_if<good_token>(&verdict);
    if (!token)
        throw service_error("UNAUTHENTICATED",
                            "this needs a header 'Authorization: Bearer KEY' with one of the API "
                            "keys, or with a token of that scope");
    if (!has_scope(*token, access->scope))
        throw service_error("FORBIDDEN", "the token has not the scope '" + access->scope + "'");
}

std::string gatekeeper::client_of(const engineio::http_request& request,
                                  const std::string& peer) const {
    return client_address(request, peer, trusted_proxies_);
}

} // namespace sockeye::app
