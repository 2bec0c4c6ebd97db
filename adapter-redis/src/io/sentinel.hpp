#pragma once

#include "io/link_stream.hpp"

#include <optional>

namespace sockeye::adapter_redis {

/// Asks a sentinel, on a stream to it, where the master is. Nullopt: it does not know or is not
/// there.
asio::awaitable<std::optional<redis_address>> ask_sentinel(link_stream& stream,
                                                           const redis_sentinel_options& with);

} // namespace sockeye::adapter_redis
