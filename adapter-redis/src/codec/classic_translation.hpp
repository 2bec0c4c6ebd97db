#pragma once

#include "codec/classic_message.hpp"

#include <sockeye/socketio/cluster_message.hpp>

#include <optional>
#include <string>

// What cluster adapters say, in the messages of the classic adapter, and back. Not all that a
// classic message can say has a counterpart: that is for the adapter to see to.

namespace sockeye::adapter_redis {

/// Each is none for what is something else. Presence is nothing of all that: Redis knows it.
std::optional<classic_broadcast> to_broadcast(const socketio::cluster_message& from);
std::optional<classic_request> to_request(const socketio::cluster_message& from);
std::optional<classic_response> to_response(const socketio::cluster_message& from);

socketio::cluster_message from_broadcast(classic_broadcast from);
/// None for what only version 7 asks: for ids, rooms, or something to be done to a single socket,
/// and to be answered.
std::optional<socketio::cluster_message> from_request(const std::string& nsp, classic_request from);
/// Without a uid: answers do not say whose they are. None for answers to what only version 7 asks.
std::optional<socketio::cluster_message> from_response(const std::string& nsp,
                                                       classic_response from);

} // namespace sockeye::adapter_redis
