#pragma once

#include <sockeye/socketio/socket.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sockeye::socketio {

class namespace_core;

// A refused connection: what the client's "connect_error" gets.
struct connect_refusal {
    std::string message;
    value data; // null: none
};

// One of the channels that share a client's connection. A handle: cheap to copy.
class namespace_ {
public:
    explicit namespace_(std::shared_ptr<namespace_core> core) : core_(std::move(core)) {}

    [[nodiscard]] const std::string& name() const;

    // For sockets that connect from now on.
    namespace_& on_connection(std::function<void(socket)> handler);
    using connect_next = std::function<void(std::optional<connect_refusal> error)>;
    namespace_& use(std::function<void(socket, connect_next next)> step);

    template<class... Arguments>
    void emit(std::string_view event, const Arguments&... arguments) const {
        everyone().emit(event, arguments...);
    }
    [[nodiscard]] broadcast_operator to(const room_names& rooms) const {
        return everyone().to(rooms);
    }
    [[nodiscard]] broadcast_operator in(const room_names& rooms) const {
        return everyone().to(rooms);
    }
    [[nodiscard]] broadcast_operator except(const room_names& rooms) const {
        return everyone().except(rooms);
    }
    void sockets_join(const room_names& rooms) const { everyone().sockets_join(rooms); }
    void sockets_leave(const room_names& rooms) const { everyone().sockets_leave(rooms); }
    void disconnect_sockets(bool close = false) const { everyone().disconnect_sockets(close); }
    [[nodiscard]] broadcast_operator everyone() const;

private:
    std::shared_ptr<namespace_core> core_;
};

} // namespace sockeye::socketio
