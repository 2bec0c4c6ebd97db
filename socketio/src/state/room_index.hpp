#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sockeye::socketio {

class room_index;
class room_member;

struct room {
    std::string name;
    std::vector<room_member*> members;
};

// Membership in a room, as the member sees it.
struct room_link {
    socketio::room* room;
    std::uint32_t position; // in the room's members
};

// What can be in rooms; a socket is one. Knows its rooms, so that leaving all costs what it has,
// not what there is.
class room_member {
public:
    [[nodiscard]] std::vector<std::string> room_names() const;
    [[nodiscard]] std::size_t room_count() const { return links_.size(); }

protected:
    ~room_member() = default;

private:
    friend class room_index;
    std::vector<room_link> links_;
    std::uint64_t mark_ = 0; // of the last selection that has met it
};

// The rooms of one namespace on one shard, both ways. A room exists while it has members.
class room_index {
public:
    // False: it was in already.
    bool join(room_member& member, std::string_view room);
    bool leave(room_member& member, std::string_view room);
    void leave_all(room_member& member);
    [[nodiscard]] bool contains(const room_member& member, std::string_view room) const;

    [[nodiscard]] const std::vector<room_member*>* members(std::string_view room) const;
    [[nodiscard]] std::size_t size() const { return rooms_.size(); }

    // A selection marks whom it has met, so that nobody is met twice.
    void begin_selection() { ++selection_; }
    [[nodiscard]] bool mark(room_member& member) const {
        if (member.mark_ == selection_) return false;
        member.mark_ = selection_;
        return true;
    }

private:
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const {
            return std::hash<std::string_view>()(name);
        }
    };

    void remove(room_member& member, std::size_t link);

    std::unordered_map<std::string, room, hash, std::equal_to<>> rooms_;
    std::uint64_t selection_ = 0;
};

} // namespace sockeye::socketio
