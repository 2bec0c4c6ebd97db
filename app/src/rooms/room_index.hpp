#pragma once

#include <sockeye/app/context.hpp>

#include <string>
#include <vector>

namespace sockeye::app {

/// The ids of the rooms, by when they end: `rooms:index`.
class room_index {
public:
    room_index(const context& on, milliseconds life) : on_(on), life_(life) {}

    /// Adds a step that notes that the room has changed.
    void note(transaction& in, const std::string& room) const;
    /// Of those that have ended, up to so many.
    task<> forget_ended(std::size_t limit);
    /// Those that changed last come first.
    task<std::vector<std::string>> newest(std::size_t limit);
    task<std::size_t> size();

private:
    const context& on_;
    const milliseconds life_;
};

[[nodiscard]] std::string room_key(const std::string& room);

} // namespace sockeye::app
