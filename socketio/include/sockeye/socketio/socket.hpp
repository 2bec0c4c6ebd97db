#pragma once

#include <sockeye/socketio/broadcast.hpp>
#include <sockeye/socketio/event_handler.hpp>
#include <sockeye/socketio/handshake.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::socketio {

class socket_core;

// The client's answer to an emit. `error` is empty, or says why there is none: "operation has timed
// out", or, ours, that the client has gone or owes too many answers.
struct ack_result {
    std::string error;
    array answer;

    explicit operator bool() const { return error.empty(); }
};

// A client in a namespace. A handle: cheap to copy, and safe to keep after the client has gone.
//
// Emitting, joining, leaving and disconnecting are possible from any thread; emits of one thread
// arrive in order. Everything else belongs to the socket's own thread, on which its handlers run.
class socket {
public:
    socket() = default;
    explicit socket(std::shared_ptr<socket_core> core) : core_(std::move(core)) {}
    explicit operator bool() const { return core_ != nullptr; }
    bool operator==(const socket&) const = default;

    [[nodiscard]] const std::string& id() const;
    [[nodiscard]] const std::string& namespace_name() const;
    [[nodiscard]] bool connected() const;
    [[nodiscard]] std::vector<std::string> rooms() const; // its own id's included
    [[nodiscard]] const socketio::handshake& handshake() const;
    [[nodiscard]] std::string transport() const; // "polling" or "websocket"; empty once it is gone
    // What the application keeps with the socket.
    [[nodiscard]] value& data() const;

    // Handlers run in the order in which they were added. "disconnecting" (rooms still intact) and
    // "disconnect" get the reason and its details, "error" a message.
    template<class Function>
    const socket& on(std::string event, Function handler) const {
        add_handler(std::move(event), make_event_handler(std::move(handler)), false);
        return *this;
    }
    template<class Function>
    const socket& once(std::string event, Function handler) const {
        add_handler(std::move(event), make_event_handler(std::move(handler)), true);
        return *this;
    }
    void off(std::string_view event) const;
    // Sees every event of the client's before its handlers do.
    void on_any(std::function<void(incoming_event&)> listener) const;
    // Stands between an event and its handlers: call `next` with nothing to let it pass, or with an
    // error, which goes to the "error" handlers.
    using next_function = std::function<void(std::optional<std::string> error)>;
    void use(std::function<void(incoming_event&, next_function next)> step) const;

    // Throws std::invalid_argument for a reserved event name.
    template<class... Arguments>
    void emit(std::string_view event, const Arguments&... arguments) const {
        emit_array(to_array(event, arguments...));
    }
    void emit_array(array event, emit_flags flags = {}) const;
    // Calls back with the client's answer, on the socket's thread. Without a time-out it waits for
    // as long as the client is there.
    template<class... Arguments>
    void emit_with_ack(std::function<void(ack_result)> then,
                       std::optional<std::chrono::milliseconds> timeout, std::string_view event,
                       const Arguments&... arguments) const {
        emit_array_with_ack(to_array(event, arguments...), timeout, std::move(then));
    }
    void emit_array_with_ack(array event, std::optional<std::chrono::milliseconds> timeout,
                             std::function<void(ack_result)> then) const;

    void join(const room_names& rooms) const;
    void leave(const std::string& room) const;
    // Broadcasts that leave this socket out.
    [[nodiscard]] broadcast_operator to(const room_names& rooms) const;
    [[nodiscard]] broadcast_operator in(const room_names& rooms) const { return to(rooms); }
    [[nodiscard]] broadcast_operator except(const room_names& rooms) const;
    [[nodiscard]] broadcast_operator broadcast() const;

    // From this namespace; `close` ends the client's connection, with all its namespaces.
    void disconnect(bool close = false) const;

private:
    void add_handler(std::string event, event_handler handler, bool once) const;

    std::shared_ptr<socket_core> core_;
};

} // namespace sockeye::socketio
