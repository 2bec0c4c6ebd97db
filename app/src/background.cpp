#include "background.hpp"

#include <utility>

namespace sockeye::app {

void background::run(task<> work) const {
    // Not this: the owner may end before the work does.
    socketio::start(std::move(work), [log = log_, service = service_](std::exception_ptr error) {
        try {
            std::rethrow_exception(std::move(error));
        } catch (const std::exception& what) {
            log(engineio::log_level::warning, service + ": " + what.what());
        }
    });
}

void background::later(const std::weak_ptr<const void>& owner, milliseconds delay,
                       std::function<task<>()> work) const {
    shards_.post_after(0, delay, [this, owner, work = std::move(work)] {
        const auto alive = owner.lock(); // and with it, this
        if (alive && !retired_) run(work());
    });
}

void background::warn(const std::string& what) const {
    log_(engineio::log_level::warning, service_ + ": " + what);
}

} // namespace sockeye::app
