#pragma once

#include "server/requests.hpp"

#include <sockeye/app/sessions.hpp>
#include <sockeye/socketio/server.hpp>

namespace sockeye::app {

/// Host and listener sessions, as clients' events: see docs/app-events.md.
class session_events final : public session_audience {
public:
    /// `history`: the log of sessions whose hosts want it; null: none may.
    session_events(const context& on, requests& asked, socketio::server& io, event_log* history)
        : sessions_(on, *this, {}, history), requests_(asked), io_(io) {}

    void start() { sessions_.start(); }
    void serve(const socketio::socket& s);
    [[nodiscard]] sessions& service() { return sessions_; }

private:
    void on_event(const connections& who, const session_event& event) override;
    void on_lost(const connections& who, const std::string& session_id, std::uint64_t first,
                 std::uint64_t last) override;
    void on_ended(const connections& who, const std::string& session_id,
                  const std::string& reason) override;

    task<socketio::object> create(socketio::socket s, socketio::value argument);
    task<socketio::object> publish(socketio::socket s, socketio::value argument);
    task<> join(socketio::socket s, socketio::value argument, requests::answer done);

    sessions sessions_;
    requests& requests_;
    socketio::server& io_;
};

socketio::object to_object(const session_info& from);

} // namespace sockeye::app
