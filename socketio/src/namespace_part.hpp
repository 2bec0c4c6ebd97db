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

    // The sockets that are meant, each once. What is done with one may end others, or change rooms:
    // whom it concerns is settled before, and who ends meanwhile lives on as long as this.
    class selected {
    public:
        selected(namespace_part& of, const selection& who);
        ~selected();
        selected(const selected&) = delete;
        selected& operator=(const selected&) = delete;

        [[nodiscard]] bool empty() const { return sockets_.empty(); }
        [[nodiscard]] std::size_t size() const { return sockets_.size(); }
        [[nodiscard]] socket_core* operator[](std::size_t i) const { return sockets_[i]; }
        void look_ahead(std::size_t from, std::size_t count) const; // as of engineio::session
        [[nodiscard]] auto begin() const { return sockets_.begin(); }
        [[nodiscard]] auto end() const { return sockets_.end(); }

    private:
        namespace_part& of_;
        std::vector<socket_core*> sockets_;
    };
    [[nodiscard]] selected select(const selection& who) { return {*this, who}; }
    [[nodiscard]] selected all() { return select({}); }

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

    // `expect` is told how many come, if they are many.
    template<class Expect, class Visit>
    void for_each_member(const std::string& room, Expect expect, Visit visit);
    [[nodiscard]] std::vector<socket_core*> meant(const selection& who);
    [[nodiscard]] socket_core* find(std::string_view name) const;

    std::unordered_set<socket_core*, by_id, same_id> sockets_;
    room_index rooms_;
    std::size_t selections_ = 0;                      // that are looked at
    std::vector<std::shared_ptr<socket_core>> ended_; // meanwhile
};

} // namespace sockeye::socketio
