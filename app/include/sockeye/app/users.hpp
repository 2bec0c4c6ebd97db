#pragma once

#include <sockeye/app/context.hpp>
#include <sockeye/app/tokens.hpp>
#include <sockeye/socketio/namespace.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sockeye::app {

struct users_options {
    // None: there are no tokens, and `auth.token` is not looked at.
    std::shared_ptr<const token_verifier> tokens = {};
    bool token_required = false; // no connection without one
    // Whether clients may say themselves who they are. Unset: only where there are no tokens.
    std::optional<bool> allow_register = {};
    // How long before its token's end a client hears "token:expiring".
    milliseconds expiry_notice = seconds(60);
};

// Called on the socket's thread: once it is connected and bound to its user, and when it has gone.
struct user_hooks {
    using hook = std::function<void(const socketio::socket&, const std::string& user)>;
    hook bound = {};
    hook unbound = {};
};

// Binds sockets to users. A user's sockets, of whatever instance, are in the room `user:{user}`,
// and nothing else decides who is whose. Docs: docs/users.md.
class users {
public:
    // Throws std::invalid_argument where tokens are required and there are none.
    users(const context& on, socketio::namespace_ of, users_options options = {},
          user_hooks hooks = {});
    ~users();
    users(const users&) = delete;
    users& operator=(const users&) = delete;

    // Binds whoever connects from now on with a token. Ahead of connection handlers that want to
    // know the user.
    void install();

    // For this instance's sockets, on their own threads. What is refused throws service_error.
    void register_user(const socketio::socket& s, const std::string& user);
    // With a newer token of the same user; returns until when it counts, if not for ever.
    std::optional<milliseconds> refresh(const socketio::socket& s, std::string_view token);

    // For all of a user's sockets in the cluster. From any thread, as everything below.
    template<class... Arguments>
    void emit_to_user(const std::string& user, std::string_view event,
                      Arguments&&... arguments) const {
        to_user(user).emit(event, std::forward<Arguments>(arguments)...);
    }
    [[nodiscard]] socketio::broadcast_operator to_user(const std::string& user) const;
    // Fails where no socket is known of and an instance has not answered.
    [[nodiscard]] pending<bool> is_user_connected(const std::string& user) const;
    void disconnect_user(const std::string& user) const;

    // For what comes from now on, such as tokens by other keys; throws as the constructor does. The
    // notice of expiry stays.
    void set(users_options options);

private:
    class core;
    const std::shared_ptr<core> core_;
};

// The room of a user's sockets.
inline std::string user_channel(const std::string& user) {
    return "user:" + user;
}

// Whom the socket is bound to, and until when, if not for ever. On its own thread.
std::optional<std::string> bound_user(const socketio::socket& s);
std::optional<milliseconds> bound_until(const socketio::socket& s);

} // namespace sockeye::app
