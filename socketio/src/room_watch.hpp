#pragma once

#include <sockeye/socketio/namespace.hpp>

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sockeye::socketio {

// Which rooms a namespace has on this server as a whole, for those who want to know: an adapter
// that subscribes to them, an application that listens. Rooms live on shards; here they are counted
// over all of them. Nobody pays for it who has not asked.
class room_watch {
public:
    using exists_callback = std::function<void(std::string_view room, bool exists)>;

    void set_adapter(exists_callback told) { adapter_ = std::move(told); }
    void add_listener(std::function<void(const room_event&)> seen);
    [[nodiscard]] bool wanted() const { return adapter_ || !listeners_.empty(); }

    // On the socket's shard.
    void joined(std::string_view room, std::string_view socket_id);
    void left(std::string_view room, std::string_view socket_id);
    [[nodiscard]] bool has(std::string_view room) const;

private:
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const {
            return std::hash<std::string_view>()(name);
        }
    };
    void tell(room_event::kind what, std::string_view room, std::string_view socket_id) const;

    exists_callback adapter_;
    std::vector<std::function<void(const room_event&)>> listeners_;
    mutable std::mutex mutex_; // held across the adapter's call: it hears of a room in order
    std::unordered_map<std::string, std::size_t, hash, std::equal_to<>> members_;
};

} // namespace sockeye::socketio
