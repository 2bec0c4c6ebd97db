#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sockeye::engineio {

// A session lives on one shard, and any request that names the session must find that shard. The
// shard is not written in the id: it is a hash of the id, and ids are made so that their hash is
// the shard they are born on. So an id tells a client nothing, and ids chosen by an application
// are routed by the same rule.

inline constexpr std::size_t session_id_length = 20;

/// The shard below `shards` where the session `sid` lives. The same in every process and build.
unsigned home_shard(std::string_view sid, unsigned shards);

/// A new id of 20 characters A-Z a-z 0-9 - _ with home_shard(id, shards) == shard, which must be
/// below `shards`, itself at most 4096. `random` is from a cryptographic generator; 114 of its bits
/// are the first 19 characters (from about 10 shards on an id may trade a few of these away for
/// one that fits).
std::string make_session_id(std::span<const unsigned char, 16> random, unsigned shard,
                            unsigned shards);

/// What of an id may be logged: enough to find a session, too little to take it over. The id may
/// be whatever a client sent, so bytes that are not printable ASCII are replaced.
std::string redacted(std::string_view sid);

} // namespace sockeye::engineio
