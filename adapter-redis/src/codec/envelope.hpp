#pragma once

#include <sockeye/socketio/adapter.hpp>
#include <sockeye/socketio/cluster_message.hpp>
#include <sockeye/socketio/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the sharded and the streams adapters say to each other, as it travels. What `data` holds is
// up to the type.

namespace sockeye::adapter_redis {

struct envelope {
    std::int64_t type = 0; // 1 to 13
    std::string uid;
    std::string nsp;
    socketio::value data = {}; // null: there is none

    bool operator==(const envelope&) const = default;
};

/// What cluster adapters say, as it is written.
envelope to_envelope(socketio::cluster_message from);
/// None for what says nothing: another type, or data that are not the type's.
std::optional<socketio::cluster_message> from_envelope(envelope from);

/// Whether a message is of a kind that Node looks for binary in, and has some.
bool holds_binary(const envelope& from);

/// As the sharded adapter publishes a message: JSON, or MessagePack for the sake of binary.
std::string encode_sharded(const envelope& from);
/// As the streams adapter publishes one: always MessagePack, where an answer without an argument is
/// nil. Elsewhere it is left out.
std::string encode_packed(envelope from);
/// Reads either.
std::optional<envelope> decode_envelope(std::string_view payload);

/// How an adapter knows the messages of its own that come back, without reading them: by their end.
class own_ending {
public:
    own_ending(const std::string& uid, const std::string& nsp);

    [[nodiscard]] bool is_of(std::string_view payload) const {
        return payload.ends_with(json_) || payload.ends_with(packed_);
    }

private:
    std::string json_;
    std::string packed_;
};

/// The fields of an entry of a stream, in the order in which they are added.
using stream_fields = std::vector<std::pair<std::string, std::string>>;

/// Null where there is no such field.
const std::string* find_field(const stream_fields& fields, std::string_view name);

stream_fields encode_entry(const envelope& from);
std::optional<envelope> decode_entry(const stream_fields& fields);

/// The base64 of MessagePack that a session is kept as for its recovery.
std::string encode_session(const socketio::saved_session& session);
std::optional<socketio::saved_session> decode_session(std::string_view text);

} // namespace sockeye::adapter_redis
