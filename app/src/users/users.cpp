#include "users/users_core.hpp"

#include <utility>

namespace sockeye::app {

users::users(const context& on, socketio::namespace_ of, users_options options, user_hooks hooks)
    : core_(std::make_shared<core>(on, std::move(of), std::move(options), std::move(hooks))) {}

users::~users() = default;

void users::install() {
    core_->install();
}

void users::register_user(const socketio::socket& s, const std::string& user) {
    core_->register_user(s, user);
}

std::optional<milliseconds> users::refresh(const socketio::socket& s, std::string_view token) {
    return core_->refresh(s, token);
}

socketio::broadcast_operator users::to_user(const std::string& user) const {
    return core_->nsp().to(user_channel(user));
}

pending<bool> users::is_user_connected(const std::string& user) const {
    const socketio::resolver<bool> answer(core_->shards());
    to_user(user).all_sockets().then([answer](socketio::outcome<std::vector<std::string>> found) {
        if (found.result.empty())
            answer.complete({std::move(found.error), false});
        else
            answer.resolve(true);
    });
    return answer.answer();
}

void users::disconnect_user(const std::string& user) const {
    to_user(user).disconnect_sockets(true);
}

void users::set(users_options options) {
    core_->set(std::move(options));
}

} // namespace sockeye::app
