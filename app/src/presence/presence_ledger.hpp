#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::app {

/// That a socket stands for its user, in a room or, without one, at all.
struct presence_entry {
    std::string socket;
    std::string user;
    std::string room = {}; // empty: in no room, but online

    auto operator<=>(const presence_entry&) const = default;

    /// As it is kept in the store.
    [[nodiscard]] std::string text() const;
    static std::optional<presence_entry> parse(std::string_view text);
};

/// What this instance's sockets stand for: what the store must say of it.
class presence_ledger {
public:
    void add(presence_entry entry) { sockets_[entry.socket].insert(std::move(entry)); }
    /// Whether it was there.
    bool remove(const presence_entry& entry);
    [[nodiscard]] bool holds(const presence_entry& entry) const;
    /// Of that socket: rooms first, since with the last its user goes offline.
    [[nodiscard]] std::vector<presence_entry> entries_of(const std::string& socket) const;
    [[nodiscard]] std::optional<std::string> user_of(const std::string& socket) const;
    [[nodiscard]] std::vector<presence_entry> all() const;

private:
    std::map<std::string, std::set<presence_entry>, std::less<>> sockets_;
};

} // namespace sockeye::app
