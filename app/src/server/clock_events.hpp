#pragma once

#include "server/requests.hpp"

#include <sockeye/app/shared_clock.hpp>
#include <sockeye/socketio/server.hpp>

namespace sockeye::app {

/// The shared clock, as clients' events: see docs/app-events.md.
class clock_events final : public clock_audience {
public:
    clock_events(const context& on, requests& asked, socketio::server& io)
        : now_(on.now), clock_(on, *this), requests_(asked), io_(io) {}

    void start() { clock_.start(); }
    void serve(const socketio::socket& s);
    [[nodiscard]] shared_clock& service() { return clock_; }

private:
    void on_state(const members& who, const clock_state& state) override;
    void on_tick(const members& who, const clock_tick& tick) override;
    void serve_changes(const socketio::socket& s);
    task<> join(socketio::socket s, socketio::value argument, requests::answer done);

    const std::function<milliseconds()> now_;
    shared_clock clock_;
    requests& requests_;
    socketio::server& io_;
};

} // namespace sockeye::app
