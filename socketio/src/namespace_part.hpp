#pragma once

#include "state/room_index.hpp"

#include <sockeye/socketio/selection.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace sockeye::socketio {

class socket_core;

// The sockets and rooms of one namespace on one shard; of its thread only.
class namespace_part {
public:
    void add(socket_core& receiving);
    void remove(socket_core& gone);
    [[nodiscard]] room_index& rooms() { return rooms_; }

    // The sockets that are meant, each once; they stay alive as long as the result. What is done
    // with one may end others, or change rooms: whom it concerns is settled before.
    using sockets = std::vector<std::shared_ptr<socket_core>>;
    [[nodiscard]] sockets select(const selection& who);
    [[nodiscard]] sockets all() { return select({}); }

private:
    static std::string_view id(std::string_view id) { return id; }
    static std::string_view id(const socket_core* s);
    struct by_id {
        using is_transparent = void;
        std::size_t operator()(const auto& s) const { return std::hash<std::string_view>()(id(s)); }
    };
    struct same_id {
        using is_transparent = void;
        bool operator()(const auto& a, const auto& b) const { return id(a) == id(b); }
    };

    template<class Visit>
    void for_each_member(const std::string& room, Visit visit);
    [[nodiscard]] socket_core* find(std::string_view name) const;

    std::unordered_set<socket_core*, by_id, same_id> sockets_;
    room_index rooms_;
};

} // namespace sockeye::socketio
