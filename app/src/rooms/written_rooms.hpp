#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sockeye::app {

/// What this instance has written last of its rooms, the newest of them: as long as nobody else has
/// written, a change need not read the room first.
class written_rooms {
public:
    explicit written_rooms(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    void put(const std::string& room, std::string text);
    /// Gives it away: it is what the next change is tried upon.
    [[nodiscard]] std::optional<std::string> take(std::string_view room);

private:
    struct written {
        std::string room;
        std::string text;
    };
    using list = std::list<written>;

    void remove(list::iterator which);

    const std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    list all_; // the oldest first
    std::unordered_map<std::string_view, list::iterator> by_room_;
};

} // namespace sockeye::app
