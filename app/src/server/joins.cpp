#include "server/joins.hpp"

#include <algorithm>

namespace sockeye::app {

using socketio::socket;

joins::undecided_ptr joins::begin(const socket& s, const place& at) {
    const bool was_in = std::ranges::count(s.rooms(), at.second) > 0;
    const std::lock_guard lock(mutex_);
    undecided_ptr& all = undecided_[at];
    if (!all) all = std::make_shared<undecided>(undecided{.stays = was_in});
    ++all->requests;
    return all;
}

void joins::enter(const request& asked) {
    {
        const std::lock_guard lock(mutex_);
        if (has_left(asked)) return;
    }
    asked.socket_.join(asked.place_.second);
}

bool joins::end(const request& asked, bool granted) {
    {
        const std::lock_guard lock(mutex_);
        if (has_left(asked)) return true;
        undecided& all = *asked.among_;
        all.stays |= granted;
        const bool decided = --all.requests == 0;
        const bool is_in = all.stays || !decided;
        if (decided) undecided_.erase(asked.place_);
        if (is_in) return true;
    }
    asked.socket_.leave(asked.place_.second);
    return false;
}

bool joins::has_left(const request& asked) const {
    const auto found = undecided_.find(asked.place_);
    return found == undecided_.end() || found->second != asked.among_;
}

void joins::leave(const socket& s, const std::string& channel) {
    {
        const std::lock_guard lock(mutex_);
        undecided_.erase({s.id(), channel});
    }
    s.leave(channel);
}

joins::request::request(joins& in, socket s, std::string channel)
    : in_(&in), socket_(std::move(s)), place_(socket_.id(), std::move(channel)),
      among_(in.begin(socket_, place_)) {}

joins::request::~request() {
    if (in_) refuse();
}

void joins::request::grant() {
    std::exchange(in_, nullptr)->end(*this, true);
}

bool joins::request::refuse() {
    return std::exchange(in_, nullptr)->end(*this, false);
}

} // namespace sockeye::app
