#pragma once

#include <sockeye/socketio/adapter.hpp>
#include <sockeye/socketio/options.hpp>

#include <memory>
#include <optional>

namespace sockeye::socketio {

// Of a server that is alone. With recovery, events and sessions are kept in memory for a while.
std::unique_ptr<adapter> memory_adapter(local_namespace& local,
                                        const std::optional<recovery_options>& recovery);

} // namespace sockeye::socketio
