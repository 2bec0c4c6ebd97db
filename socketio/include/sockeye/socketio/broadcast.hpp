#pragma once

#include <sockeye/socketio/arguments.hpp>
#include <sockeye/socketio/value.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::socketio {

class namespace_core;

// Whom a broadcast reaches: everyone in one of the rooms (no rooms: in the namespace) who is in
// none of the excepted ones. Everybody once.
struct broadcast_targets {
    std::vector<std::string> rooms;
    std::vector<std::string> except;
};

struct emit_flags {
    bool volatile_ = false;
    bool compress = true;
};

// One room, or several.
class room_names {
public:
    room_names(std::string room) { names_.push_back(std::move(room)); }
    room_names(std::string_view room) { names_.emplace_back(room); }
    room_names(const char* room) { names_.emplace_back(room); }
    room_names(std::vector<std::string> rooms) : names_(std::move(rooms)) {}
    room_names(std::initializer_list<std::string> rooms) : names_(rooms) {}
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

private:
    std::vector<std::string> names_;
};

// A broadcast in the making: a value, built step by step, that may be kept and used again.
//
//     io.to("room").except("muted").emit("news", 1, "two");
class broadcast_operator {
public:
    broadcast_operator(std::shared_ptr<namespace_core> nsp, broadcast_targets targets,
                       emit_flags flags);

    [[nodiscard]] broadcast_operator to(const room_names& rooms) const;
    [[nodiscard]] broadcast_operator in(const room_names& rooms) const { return to(rooms); }
    [[nodiscard]] broadcast_operator except(const room_names& rooms) const;
    [[nodiscard]] broadcast_operator volatile_() const;
    [[nodiscard]] broadcast_operator compress(bool on) const;

    // Throws std::invalid_argument for a reserved event name.
    template<class... Arguments>
    void emit(std::string_view event, const Arguments&... arguments) const {
        emit_array(to_array(event, arguments...));
    }
    void emit_array(array event) const;

    void sockets_join(const room_names& rooms) const;
    void sockets_leave(const room_names& rooms) const;
    void disconnect_sockets(bool close = false) const;

private:
    std::shared_ptr<namespace_core> nsp_;
    broadcast_targets targets_;
    emit_flags flags_;
};

} // namespace sockeye::socketio
