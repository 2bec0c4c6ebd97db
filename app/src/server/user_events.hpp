#pragma once

#include "server/requests.hpp"

#include <sockeye/app/presence.hpp>
#include <sockeye/app/users.hpp>

#include <string>

namespace sockeye::app {

/// Users, as clients' events: see docs/app-events.md.
class user_events {
public:
    user_events(users& service, presence& present, requests& asked, std::string node)
        : users_(service), presence_(present), requests_(asked), node_(std::move(node)) {}

    void serve(const socketio::socket& s);

private:
    socketio::object who_is(const socketio::socket& s) const;
    task<socketio::object> status_of(std::string user);
    task<socketio::object> pass_on(socketio::socket from, socketio::value message);

    users& users_;
    presence& presence_;
    requests& requests_;
    const std::string node_;
};

} // namespace sockeye::app
