#include "presence/presence_ledger.hpp"

namespace sockeye::app {

// Names are free of control characters, see names.hpp.
std::string presence_entry::text() const {
    return socket + '\n' + user + '\n' + room;
}

std::optional<presence_entry> presence_entry::parse(std::string_view text) {
    const auto first = text.find('\n');
    const auto second = first == std::string_view::npos ? first : text.find('\n', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    return presence_entry{std::string(text.substr(0, first)),
                          std::string(text.substr(first + 1, second - first - 1)),
                          std::string(text.substr(second + 1))};
}

bool presence_ledger::remove(const presence_entry& entry) {
    const auto found = sockets_.find(entry.socket);
    if (found == sockets_.end() || found->second.erase(entry) == 0) return false;
    if (found->second.empty()) sockets_.erase(found);
    return true;
}

bool presence_ledger::holds(const presence_entry& entry) const {
    const auto found = sockets_.find(entry.socket);
    return found != sockets_.end() && found->second.contains(entry);
}

std::vector<presence_entry> presence_ledger::entries_of(const std::string& socket) const {
    const auto found = sockets_.find(socket);
    if (found == sockets_.end()) return {};
    return {found->second.rbegin(), found->second.rend()};
}

std::optional<std::string> presence_ledger::user_of(const std::string& socket) const {
    const auto found = sockets_.find(socket);
    if (found == sockets_.end()) return std::nullopt;
    return found->second.begin()->user;
}

std::vector<presence_entry> presence_ledger::all() const {
    std::vector<presence_entry> found;
    for (const auto& [socket, entries] : sockets_)
        found.insert(found.end(), entries.begin(), entries.end());
    return found;
}

} // namespace sockeye::app
