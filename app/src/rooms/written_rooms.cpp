#include "rooms/written_rooms.hpp"

#include <iterator>
#include <utility>

namespace sockeye::app {

void written_rooms::put(const std::string& room, std::string text) {
    static_cast<void>(take(room));
    bytes_ += room.size() + text.size();
    all_.push_back({room, std::move(text)});
    by_room_.emplace(all_.back().room, std::prev(all_.end()));
    while (bytes_ > max_bytes_)
        remove(all_.begin());
}

std::optional<std::string> written_rooms::take(std::string_view room) {
    const auto found = by_room_.find(room);
    if (found == by_room_.end()) return std::nullopt;
    std::string text = found->second->text;
    remove(found->second);
    return text;
}

void written_rooms::remove(list::iterator which) {
    bytes_ -= which->room.size() + which->text.size();
    by_room_.erase(which->room);
    all_.erase(which);
}

} // namespace sockeye::app
