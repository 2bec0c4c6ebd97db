#include "server/joins.hpp"

#include <algorithm>

namespace sockeye::app {

using socketio::socket;

std::uint64_t joins::begin(const socket& s, const std::string& channel) {
    const bool was_in = std::ranges::count(s.rooms(), channel) > 0;
    const std::lock_guard lock(mutex_);
    const auto [found, first] = undecided_.try_emplace({s.id(), channel});
    ++found->second.requests;
    if (first) found->second.stays = was_in;
    return found->second.leavings;
}

void joins::enter(const socket& s, const std::string& channel, std::uint64_t leavings) {
    {
        const std::lock_guard lock(mutex_);
        if (undecided_.find({s.id(), channel})->second.leavings != leavings) return;
    }
    s.join(channel);
}

bool joins::end(const socket& s, const std::string& channel, bool granted) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = undecided_.find({s.id(), channel});
        undecided& asked = found->second;
        asked.stays |= granted;
        const bool decided = --asked.requests == 0;
        const bool is_in = asked.stays || !decided;
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
        if (found != undecided_.end()) {
            found->second.stays = false;
            ++found->second.leavings;
        }
    }
    s.leave(channel);
}

joins::request::request(joins& in, socket s, std::string channel)
    : in_(&in), socket_(std::move(s)), channel_(std::move(channel)),
      leavings_(in.begin(socket_, channel_)) {}

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
