#pragma once

#include "namespace_core.hpp"

#include <memory>

namespace sockeye::socketio {

// Gives what several clients or servers answered to a callback, as one array, or, where a single
// one was asked, as its answer: on the shard that asks now, wherever the answers are complete.
answers_callback answer_here(std::shared_ptr<namespace_core> nsp, ack_callback answered,
                             bool single);

} // namespace sockeye::socketio
