#include "codec/event_names.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace sockeye::socketio {
namespace {

constexpr std::array<std::string_view, 6> clients_own{
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};
constexpr std::array<std::string_view, 3> servers_own{"connect", "connection", "new_namespace"};

void refuse(const std::string& name) {
    throw std::invalid_argument('"' + name + "\" is a reserved event name");
}

} // namespace

bool is_reserved_event(std::string_view name) {
    constexpr std::size_t shortest = std::string_view("connect").size();
    if (name.size() < shortest) return false; // most are
    return std::ranges::find(clients_own, name) != clients_own.end();
}

bool is_reserved_server_event(std::string_view name) {
    return std::ranges::find(servers_own, name) != servers_own.end();
}

void check_event_name(const array& event) {
    const std::string& name = event.at(0).as_string();
    if (is_reserved_event(name)) refuse(name);
}

void check_server_event_name(const array& event) {
    const std::string& name = event.at(0).as_string();
    if (is_reserved_server_event(name)) refuse(name);
}

} // namespace sockeye::socketio
