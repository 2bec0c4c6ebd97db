#include "admin/console.hpp"
#include "server_core.hpp"

#include <sockeye/socketio/admin_ui.hpp>

#include <stdexcept>
#include <utility>

namespace sockeye::socketio {
namespace {

void check(const admin_options& options) {
    if (std::holds_alternative<std::monostate>(options.auth))
        throw std::invalid_argument("choose the admins' authentication: no_authentication or "
                                    "basic_authentication");
    const auto* basic = std::get_if<basic_authentication>(&options.auth);
    if (basic && !admin::is_bcrypt_hash(basic->password_hash))
        throw std::invalid_argument("the admins' password_hash is not one of bcrypt's");
    if (options.update_interval <= milliseconds(0))
        throw std::invalid_argument("the admins' update_interval must be positive");
}

} // namespace

admin_ui& instrument(server& io, admin_options options) {
    check(options);
    server_core& core = io.core();
    if (core.observed_by()) throw std::logic_error("the server is instrumented already");
    auto made = std::make_unique<admin::console>(core, std::move(options));
    admin::console& console = *made;
    core.observe(std::move(made));
    console.start();
    return console;
}

} // namespace sockeye::socketio
