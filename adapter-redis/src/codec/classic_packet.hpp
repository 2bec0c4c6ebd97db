#pragma once

#include "codec/classic_message.hpp"

namespace sockeye::adapter_redis {

// The parts of a message as both a broadcast and a request with acknowledgements have them, in
// MessagePack.

void append_packet(std::string& out, const classic_packet& from);
/// Takes the event out of `from`.
std::optional<classic_packet> read_packet(value& from);

/// An event has a name, and JavaScript lets that be a number.
bool is_event(const value* from);

} // namespace sockeye::adapter_redis
