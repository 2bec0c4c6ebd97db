#pragma once

#include <sockeye/engineio/shards.hpp>
#include <sockeye/socketio/socket.hpp>

#include <chrono>
#include <functional>

namespace sockeye::app {

using std::chrono::milliseconds;

/// Tells a socket in time that its token runs out, and ends its connection then. Of the socket's
/// thread.
class token_deadline final : public engineio::timed {
public:
    /// What all of them go by.
    struct rules {
        engineio::shards& shards;
        std::function<milliseconds()> now;
        milliseconds notice;
    };
    token_deadline(const rules& by, socketio::socket of) : by_(by), socket_(std::move(of)) {}

    void set(milliseconds expires_at);

private:
    void on_timer(engineio::time_point) override;
    void wait();
    [[nodiscard]] milliseconds left() const { return expires_at_ - by_.now(); }

    const rules& by_;
    const socketio::socket socket_;
    milliseconds expires_at_{};
    bool told_ = false;
};

} // namespace sockeye::app
