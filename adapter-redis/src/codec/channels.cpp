#include "codec/channels.hpp"

namespace sockeye::adapter_redis {

namespace {

std::string join(std::string_view prefix, std::string_view last) {
    return std::string(prefix).append(last).append("#");
}

} // namespace

classic_channels::classic_channels(std::string_view key, std::string_view nsp)
    : broadcast(join(std::string(key) + "#", nsp)),
      request(join(std::string(key) + "-request#", nsp)),
      response(join(std::string(key) + "-response#", nsp)) {}

std::string classic_channels::broadcast_pattern() const {
    return escape_glob(broadcast) + "*";
}

std::string classic_channels::broadcast_to(std::string_view room) const {
    return join(broadcast, room);
}

std::string classic_channels::response_to(std::string_view uid) const {
    return join(response, uid);
}

std::optional<std::string_view> classic_channels::room_of(std::string_view channel) const {
    if (!channel.starts_with(broadcast)) return std::nullopt;
    channel.remove_prefix(broadcast.size());
    return channel.substr(0, channel.empty() ? 0 : channel.size() - 1);
}

cluster_channels::cluster_channels(std::string_view prefix, std::string_view nsp)
    : everybody(join(std::string(prefix) + "#", nsp)) {}

std::string cluster_channels::of(std::string_view uid_or_room) const {
    return join(everybody, uid_or_room);
}

std::string escape_glob(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (std::string_view("*?[]\\").find(c) != std::string_view::npos) escaped += '\\';
        escaped += c;
    }
    return escaped;
}

} // namespace sockeye::adapter_redis
