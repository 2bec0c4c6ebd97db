#include "state/peers.hpp"

namespace sockeye::socketio {

std::vector<std::string> peers::expire(time_point now) {
    std::vector<std::string> gone;
    std::erase_if(last_heard_, [&](const auto& peer) {
        const bool silent = now - peer.second > timeout_;
        if (silent) gone.push_back(peer.first);
        return silent;
    });
    return gone;
}

std::vector<std::string> peers::uids() const {
    std::vector<std::string> list;
    for (const auto& [uid, at] : last_heard_)
        list.push_back(uid);
    return list;
}

} // namespace sockeye::socketio
