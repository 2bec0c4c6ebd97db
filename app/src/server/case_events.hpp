#pragma once

#include "server/joins.hpp"
#include "server/requests.hpp"

#include <sockeye/app/transitions.hpp>
#include <sockeye/socketio/server.hpp>

namespace sockeye::app {

/// Cases that go through the phases of a state machine, as clients' events: see docs/app-events.md.
class case_events {
public:
    case_events(transitions& service, requests& asked) : transitions_(service), requests_(asked) {}

    void serve(const socketio::socket& s);

private:
    task<socketio::object> create(socketio::socket s, socketio::value argument);
    task<socketio::object> watch(socketio::socket s, std::string id);
    task<socketio::object> follow(joins::request& asked, std::string id);
    task<socketio::object> move(socketio::socket s, socketio::value argument);

    transitions& transitions_;
    requests& requests_;
    joins joins_;
};

/// Every instance hears of every transition, and tells its own clients.
void announce(socketio::server& io, const case_transition& news);

} // namespace sockeye::app
