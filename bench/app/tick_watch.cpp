#include "tick_watch.hpp"

#include "../load/wire.hpp"

namespace sockeye::bench {

tick_watch::tick_watch(driver& on, std::uint16_t redis_port) : board_(on.board) {
    link_.connect(on.links, redis_port, 0, *this);
}

void tick_watch::on_connected(tcp_link&) {
    link_.send("PSUBSCRIBE tick:*\r\n");
}

// Of each message only the last line is an object.
std::size_t tick_watch::on_bytes(tcp_link&, std::string_view bytes) {
    std::size_t used = 0;
    for (std::size_t end; (end = bytes.find("\r\n", used)) != bytes.npos; used = end + 2)
        if (bytes[used] == '{') take(bytes.substr(used, end - used));
    return used;
}

void tick_watch::take(std::string_view tick) {
    const auto position = find_json_number(tick, "positionMs").value_or(-1);
    const auto [session, is_new] =
        last_.try_emplace(std::string(find_json_string(tick, "sessionId")), -1);
    ++published_;
    if (position <= session->second) ++repeated_;
    session->second = position;
}

} // namespace sockeye::bench
