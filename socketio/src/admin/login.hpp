#pragma once

#include "admin/password_checker.hpp"

#include <sockeye/socketio/admin_ui.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace sockeye::socketio::admin {

// Lets admins into their namespace: by a session that they got earlier, or by their password, for
// which they get a session. From any thread.
class login {
public:
    login(const basic_authentication& expected, std::shared_ptr<admin_session_store> store);

    void check(const socket& who, const namespace_::connect_next& next);

    void stop() { passwords_.stop(); }

    [[nodiscard]] std::uint64_t refused() const { return refused_; }
    [[nodiscard]] std::uint64_t not_tried() const { return not_tried_; }

private:
    void check_password(const socket& who, const value& auth, const namespace_::connect_next& next);
    void refuse(const namespace_::connect_next& next);

    const std::string username_;
    const std::shared_ptr<admin_session_store> store_;
    std::atomic<std::uint64_t> refused_ = 0;
    std::atomic<std::uint64_t> not_tried_ = 0;
    password_checker passwords_; // its thread uses what is above
};

} // namespace sockeye::socketio::admin
