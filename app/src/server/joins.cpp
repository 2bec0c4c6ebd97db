#include "server/joins.hpp"

#include <algorithm>

namespace sockeye::app {

using socketio::socket;

void joins::begin(const socket& s, const std::string& channel) {
    const bool was_in = std::ranges::count(s.rooms(), channel) > 0;
    {
        const std::lock_guard lock(mutex_);
        const auto [found, first] = undecided_.try_emplace({s.id(), channel});
        ++found->second.requests;
        if (first) found->second.stays = was_in;
    }
    s.join(channel);
}

bool joins::end(const socket& s, const std::string& channel, bool granted) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = undecided_.find({s.id(), channel});
        auto& [requests, stays] = found->second;
        stays |= granted;
        const bool decided = --requests == 0;
        const bool is_in = stays || !decided;
        if (decided) undecided_.erase(found);
        if (is_in) return true;
    }
    s.leave(channel);
    return false;
}

void joins::leave(const socket& s, const std::string& channel) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = undecided_.find({s.id(), channel});
        if (found != undecided_.end()) found->second.stays = false;
    }
    s.leave(channel);
}

joins::request::request(joins& in, socket s, std::string channel)
    : in_(&in), socket_(std::move(s)), channel_(std::move(channel)) {
    in.begin(socket_, channel_);
}

joins::request::~request() {
    if (in_) refuse();
}

void joins::request::grant() {
    std::exchange(in_, nullptr)->end(socket_, channel_, true);
}

bool joins::request::refuse() {
    return std::exchange(in_, nullptr)->end(socket_, channel_, false);
}

} // namespace sockeye::app
