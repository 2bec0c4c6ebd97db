#include "admin/login.hpp"

#include <sockeye/engineio/random_id.hpp>

#include <utility>

namespace sockeye::socketio::admin {
namespace {

const std::string* find_string(const value& auth, std::string_view name) {
    const value* const member = auth.find(name);
    return member ? member->get_if<std::string>() : nullptr;
}

} // namespace

login::login(const basic_authentication& expected, std::shared_ptr<admin_session_store> store)
    : username_(expected.username), store_(std::move(store)), passwords_(expected.password_hash) {}

void login::check(const socket& who, const namespace_::connect_next& next) {
    const value& auth = who.handshake().auth;
    const std::string* const session = find_string(auth, "sessionId");
    if (!session || session->empty()) return check_password(who, auth, next);
    store_->find(*session, [this, who, auth, next](bool known) {
        known ? next(std::nullopt) : check_password(who, auth, next);
    });
}

// The password is looked at whatever the name is, so that the time taken does not tell whether the
// name was right.
void login::check_password(const socket& who, const value& auth,
                           const namespace_::connect_next& next) {
    const std::string* const username = find_string(auth, "username");
    const std::string* const password = find_string(auth, "password");
    if (!username || !password) return refuse(next);
    const bool right_name = equal_in_constant_time(*username, username_);
    const bool tried =
        passwords_.check(*password, [this, who, next, right_name](bool right_password) {
            if (!right_name || !right_password) return refuse(next);
            const std::string session = engineio::random_id();
            store_->save(session);
            next(std::nullopt);
            // Behind the CONNECT reply: the front end listens from there on, and would miss it.
            who.emit("session", session);
        });
    if (tried) return;
    ++not_tried_;
    next(connect_refusal{"too many login attempts"});
}

// The front end knows this text.
void login::refuse(const namespace_::connect_next& next) {
    ++refused_;
    next(connect_refusal{"invalid credentials"});
}

} // namespace sockeye::socketio::admin
