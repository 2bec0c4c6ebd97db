#pragma once

#include "io/link_stream.hpp"

#include <optional>

namespace sockeye::adapter_redis {

/// Asks a sentinel, on a stream to it, where the master is. Nullopt: it does not know or is not
/// there.
asio::awaitable<std::optional<redis_address>> ask_sentinel(link_stream& stream,
                                                           const redis_sentinel_options& with);

/// Waits until a sentinel says that another one is the master now. False: it cannot be heard, or
/// not any more.
asio::awaitable<bool> hear_switch(link_stream& stream, const redis_sentinel_options& with);

} // namespace sockeye::adapter_redis
