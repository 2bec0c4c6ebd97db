#pragma once

#include "codec/envelope.hpp"
#include "state/stream_id.hpp"

#include <sockeye/adapter_redis/reply.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What Redis answers about a stream, and how namespaces are spread over several.

namespace sockeye::adapter_redis {

struct stream_entry {
    stream_id id;
    stream_fields fields;
};

/// The answer to XRANGE and XREVRANGE. Nullopt: it is none.
std::optional<std::vector<stream_entry>> read_entries(const reply& answer);
/// The answer to XREAD of one stream; none at all where there was nothing new.
std::optional<std::vector<stream_entry>> read_news(const reply& answer);

/// The stream of a namespace. With more than one, its number is the remainder of a signed hash, as
/// in Node, which may be negative.
std::string stream_name(std::string_view base, std::size_t count, std::string_view nsp);

} // namespace sockeye::adapter_redis
