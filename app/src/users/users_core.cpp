#include "users/users_core.hpp"

#include "names.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace sockeye::app {

using socketio::object;
using socketio::socket;
using socketio::value;

namespace {

// In a socket's data, so that they come back with its state.
constexpr std::string_view user_member = "userId";
constexpr std::string_view expiry_member = "tokenExpiresAt";

std::string code_of(const bad_token& bad) {
    return bad.fault == token_fault::expired ? "TOKEN_EXPIRED" : "TOKEN_INVALID";
}

socketio::connect_refusal refuse(std::string code, std::string message) {
    return {std::move(message), object{{"code", std::move(code)}}};
}

bool may_register(const users_options& by) {
    return by.allow_register.value_or(!by.tokens);
}

/// What the client gave at the handshake; null: nothing.
const value* token_given(const socket& s) {
    const value* const token = s.handshake().auth.find("token");
    const bool none = !token || token->is_null() || *token == value("");
    return none ? nullptr : token;
}

token_verdict verify(const token_verifier& by, const value& token, milliseconds now) {
    const auto* const text = token.get_if<std::string>();
    if (!text) return bad_token{token_fault::malformed, "a token is text"};
    return by.verify(*text, now);
}

void keep(const socket& s, const std::string& user, std::optional<milliseconds> expires_at) {
    value& data = s.data();
    data[user_member] = user;
    if (expires_at)
        data[expiry_member] = expires_at->count();
    else
        data.as_object().erase(expiry_member);
}

} // namespace

std::optional<std::string> bound_user(const socket& s) {
    const value* const user = std::as_const(s.data()).find(user_member);
    const auto* const text = user ? user->get_if<std::string>() : nullptr;
    return text ? std::optional(*text) : std::nullopt;
}

std::optional<milliseconds> bound_until(const socket& s) {
    const value* const expiry = std::as_const(s.data()).find(expiry_member);
    if (!expiry || !expiry->is_integer()) return std::nullopt;
    return milliseconds(expiry->as_int64());
}

users::core::core(const context& on, socketio::namespace_ of, users_options options,
                  user_hooks hooks)
    : on_(on), nsp_(std::move(of)),
      hooks_(std::move(hooks)), rules_{on_.shards, on_.now, options.expiry_notice},
      deadlines_(on_.shards.size()) {
    set(std::move(options));
}

void users::core::install() {
    if (may_register(*options()))
        on_.log(engineio::log_level::warning,
                "users: whoever connects may say who they are: only for development");
    // The namespace holds these, and this the namespace.
    const auto weak = weak_from_this();
    nsp_.use([weak](const socket& s, const socketio::namespace_::connect_next& next) {
        const auto self = weak.lock();
        next(self ? self->admit(s) : socketio::connect_refusal{"the server is about to stop"});
    });
    nsp_.on_connection([weak](const socket& s) {
        if (const auto self = weak.lock()) self->welcome(s);
    });
}

std::shared_ptr<const users_options> users::core::options() const {
    const std::lock_guard lock(mutex_);
    return options_;
}

void users::core::set(users_options options) {
    if (options.token_required && !options.tokens)
        throw std::invalid_argument("tokens are required, and there is no key for them");
    auto changed = std::make_shared<const users_options>(std::move(options));
    const std::lock_guard lock(mutex_);
    options_.swap(changed);
}

// ---- at the handshake

// A connection that goes on where a former one broke off keeps that one's user: clients may well
// come back with the token that they first came with, which has been refreshed since.
users::core::refusal users::core::admit(const socket& s) {
    const auto by = options();
    const value* const token = token_given(s);
    const bool has_user = bound_user(s).has_value();
    if (by->tokens && token) {
        const auto verdict = verify(*by->tokens, *token, on_.now());
        if (const auto* good = std::get_if<good_token>(&verdict)) return admit_with(*good, s);
        const auto& bad = *std::get_if<bad_token>(&verdict);
        if (!has_user) return refuse(code_of(bad), bad.message);
    }
    if (by->token_required && !has_user)
        return refuse("TOKEN_MISSING", "a token is needed: auth: { token }");
    return std::nullopt;
}

users::core::refusal users::core::admit_with(const good_token& token, const socket& s) {
    const auto former = bound_user(s);
    if (former && *former != token.user)
        return refuse("TOKEN_INVALID", "the token is another user's");
    const auto until = bound_until(s);
    const bool counts_longer =
        !former || (until && (!token.expires_at || *token.expires_at > *until));
    if (counts_longer) keep(s, token.user, token.expires_at);
    return std::nullopt;
}

void users::core::welcome(const socket& s) {
    // One that goes on may not have passed the middleware.
    if (s.recovered() && admit(s)) return s.disconnect(true);
    const auto until = bound_until(s);
    if (until && *until <= on_.now()) return s.disconnect(true);
    if (const auto user = bound_user(s)) bind(s, *user);
}

// ---- bound sockets

void users::core::bind(const socket& s, const std::string& user) {
    s.join(user_channel(user));
    s.on("disconnect", [self = shared_from_this(), s, user] { self->unbind(s, user); });
    watch_expiry(s);
    if (hooks_.bound) hooks_.bound(s, user);
}

void users::core::unbind(const socket& s, const std::string& user) {
    deadlines_here().erase(s.id());
    if (hooks_.unbound) hooks_.unbound(s, user);
}

void users::core::watch_expiry(const socket& s) {
    const auto until = bound_until(s);
    if (until)
        deadlines_here().try_emplace(s.id(), rules_, s).first->second.set(*until);
    else
        deadlines_here().erase(s.id());
}

void users::core::register_user(const socket& s, const std::string& user) {
    if (!may_register(*options())) throw service_error("FORBIDDEN", "connect with a token instead");
    if (!is_name(user))
        throw service_error("BAD_REQUEST", "userId must be " + std::string(name_rule));
    const auto bound = bound_user(s);
    if (bound && *bound != user)
        throw service_error("FORBIDDEN", "this connection is bound to another user already");
    if (bound || !s.connected()) return;
    keep(s, user, std::nullopt);
    bind(s, user);
}

std::optional<milliseconds> users::core::refresh(const socket& s, std::string_view token) {
    const auto by = options()->tokens;
    if (!by) throw service_error("FORBIDDEN", "there are no tokens here");
    const auto user = bound_user(s);
    if (!user) throw service_error("UNAUTHENTICATED", "this connection is bound to no user");
    const auto verdict = by->verify(token, on_.now());
    if (const auto* bad = std::get_if<bad_token>(&verdict))
        throw service_error(code_of(*bad), bad->message);
    const auto& good = *std::get_if<good_token>(&verdict);
    if (good.user != *user) throw service_error("FORBIDDEN", "the token is another user's");
    if (s.connected()) {
        keep(s, *user, good.expires_at);
        watch_expiry(s);
    }
    return good.expires_at;
}

} // namespace sockeye::app
