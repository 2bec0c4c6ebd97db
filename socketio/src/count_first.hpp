#pragma once

#include <sockeye/socketio/adapter.hpp>

namespace sockeye::socketio {

// Hands on what clients answer, but the number of those asked ahead of all answers: shards count
// one after the other, and a client of the first may be faster than the last of them.
answer_sink count_first(answer_sink to);

} // namespace sockeye::socketio
