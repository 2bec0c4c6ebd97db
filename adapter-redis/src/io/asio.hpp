#pragma once

// The pieces of Asio that the link uses, named once.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sockeye::adapter_redis {

namespace asio = boost::asio;
using boost::system::error_code;
using io_context = asio::io_context;

/// An operation's failure is a value: that Redis is not there is nothing out of the ordinary.
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

} // namespace sockeye::adapter_redis
