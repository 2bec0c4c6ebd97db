#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sockeye::adapter_redis {

/// Where an entry is in its stream: `1700000000000-0`, milliseconds and a number within them.
struct stream_id {
    std::uint64_t time = 0;
    std::uint64_t number = 0;

    auto operator<=>(const stream_id&) const = default;
};

std::string to_string(const stream_id& id);
/// Nullopt for anything that is not two numbers with a hyphen between them.
std::optional<stream_id> parse_stream_id(std::string_view text);

} // namespace sockeye::adapter_redis
