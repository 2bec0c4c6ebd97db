#pragma once

#include "users/token_deadline.hpp"

#include <sockeye/app/users.hpp>

#include <mutex>
#include <unordered_map>
#include <vector>

namespace sockeye::app {

/// Lives as long as the service or any socket that it has bound.
class users::core : public std::enable_shared_from_this<core> {
public:
    core(const context& on, socketio::namespace_ of, users_options options, user_hooks hooks);

    void install();
    void register_user(const socketio::socket& s, const std::string& user);
    std::optional<milliseconds> refresh(const socketio::socket& s, std::string_view token);
    void set(users_options options);
    [[nodiscard]] const socketio::namespace_& nsp() const { return nsp_; }
    [[nodiscard]] engineio::shards& shards() const { return on_.shards; }

private:
    using refusal = std::optional<socketio::connect_refusal>;
    using deadlines = std::unordered_map<std::string, token_deadline>; // by socket

    [[nodiscard]] std::shared_ptr<const users_options> options() const;
    refusal admit(const socketio::socket& s);
    refusal admit_with(const good_token& token, const socketio::socket& s);
    void welcome(const socketio::socket& s);
    void bind(const socketio::socket& s, const std::string& user);
    void unbind(const socketio::socket& s, const std::string& user);
    void watch_expiry(const socketio::socket& s);
    [[nodiscard]] deadlines& deadlines_here() { return deadlines_.at(on_.shards.current()); }

    const context on_;
    const socketio::namespace_ nsp_;
    const user_hooks hooks_;
    const token_deadline::rules rules_;
    std::vector<deadlines> deadlines_; // one of each shard, for its thread only
    mutable std::mutex mutex_;
    std::shared_ptr<const users_options> options_;
};

} // namespace sockeye::app
