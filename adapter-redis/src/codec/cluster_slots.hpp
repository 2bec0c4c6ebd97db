#pragma once

#include <sockeye/adapter_redis/options.hpp>
#include <sockeye/adapter_redis/reply.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How a Redis Cluster spreads its keys, and channels, over its servers.

namespace sockeye::adapter_redis {

constexpr std::size_t slot_count = 16384;

/// The slot of a key: of what stands between the first braces in it, if that is something.
std::size_t slot_of(std::string_view key);

/// `host:port`.
std::string name_of(const redis_address& address);

struct slot_range {
    std::size_t first;
    std::size_t last;
    redis_address master;
};
/// The answer to CLUSTER SLOTS. A server that does not know its own address is at `asked`. Nullopt:
/// it is none.
std::optional<std::vector<slot_range>> read_slots(const reply& answer, const redis_address& asked);

/// Where a server without the key sends us.
struct redirection {
    redis_address to;
    bool asking = false; // the slot is still on its way: for this one command, after ASKING
};
/// `MOVED 866 127.0.0.1:7001`, or `ASK` and the like. Without a host it is `asked`'s. Nullopt: it
/// is something else.
std::optional<redirection> read_redirection(const reply& answer, std::string_view asked);

/// Of several keys, some are at one server and some at the other while their slot is on its way.
bool says_try_again(const reply& answer);

} // namespace sockeye::adapter_redis
