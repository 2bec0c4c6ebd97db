#include "users/token_deadline.hpp"

#include <algorithm>

namespace sockeye::app {

using namespace std::chrono_literals;

void token_deadline::set(milliseconds expires_at) {
    expires_at_ = expires_at;
    told_ = false;
    wait();
}

// The clock may be set meanwhile, so that nobody waits for long in one go.
void token_deadline::wait() {
    const milliseconds next = told_ ? left() : left() - by_.notice;
    by_.shards.set_timer(*this, std::clamp<milliseconds>(next, 0ms, 1h));
}

void token_deadline::on_timer(engineio::time_point) {
    const milliseconds time = left();
    if (time <= 0ms) {
        const auto gone = socket_; // this object ends with it
        return gone.disconnect(true);
    }
    if (!told_ && time <= by_.notice) {
        told_ = true;
        socket_.emit("token:expiring", socketio::object{{"expiresAt", expires_at_.count()}});
    }
    wait();
}

} // namespace sockeye::app
