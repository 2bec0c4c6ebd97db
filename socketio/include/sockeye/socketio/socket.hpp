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

namespace sockeye::engineio {
class http_request;
class session;
} // namespace sockeye::engineio

namespace sockeye::socketio {

class namespace_;
class socket_core;
class socket_emitter;

// Goes on with the next middleware, or ends the matter with an error. Call it once, now or later,
// from any thread.
using next_function = std::function<void(std::optional<std::string> error)>;

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
    [[nodiscard]] namespace_ nsp() const;
    [[nodiscard]] bool connected() const;
    [[nodiscard]] bool recovered() const;                 // a former connection's state
    [[nodiscard]] std::vector<std::string> rooms() const; // its own id's included
    [[nodiscard]] const socketio::handshake& handshake() const;
    // The first HTTP request of the client's connection; null once that is gone.
    [[nodiscard]] const engineio::http_request* request() const;
    // The connection that the client's namespaces share; null once it is gone.
    [[nodiscard]] engineio::session* connection() const;
    [[nodiscard]] std::string transport() const; // "polling" or "websocket"; empty once it is gone
    // What the application keeps with the socket; an object at first: `s.data()["name"] = "Ann"`.
    [[nodiscard]] value& data() const;

    // Handlers run in the order in which they were added. "disconnecting" (rooms still intact) and
    // "disconnect" get the reason and its details, "error" a message.
    template<class Function>
    listener on(std::string_view event, Function handler) const {
        return add_handler(make_event_handler(event, std::move(handler)), false);
    }
    template<class Function>
    listener once(std::string_view event, Function handler) const {
        return add_handler(make_event_handler(event, std::move(handler), true), false);
    }
    // Ahead of those that are there.
    template<class Function>
    listener prepend(std::string_view event, Function handler) const {
        return add_handler(make_event_handler(event, std::move(handler)), true);
    }
    template<class Function>
    listener prepend_once(std::string_view event, Function handler) const {
        return add_handler(make_event_handler(event, std::move(handler), true), true);
    }
    void off(const listener& one) const;
    void off(std::string_view event) const; // all of that event
    void off() const;                       // all
    [[nodiscard]] std::size_t listener_count(std::string_view event) const;
    [[nodiscard]] std::vector<std::string> event_names() const;

    // Sees every event of the client's before middlewares and handlers do. The event is gone when
    // the call returns, so that this, as on_any_outgoing and use below, cannot be a coroutine.
    using any_listener = std::function<void(incoming_event&)>;
    listener on_any(any_listener seen) const;
    listener prepend_any(any_listener seen) const;
    void off_any(const listener& one) const;
    void off_any() const;
    [[nodiscard]] std::size_t any_listener_count() const;
    template<detail::begins_task<incoming_event&> Coroutine>
    listener on_any(Coroutine) const = delete;
    template<detail::begins_task<incoming_event&> Coroutine>
    listener prepend_any(Coroutine) const = delete;
    // Sees every event to the client: its name and arguments. Not acknowledgements.
    using outgoing_listener = std::function<void(const array& event)>;
    listener on_any_outgoing(outgoing_listener seen) const;
    listener prepend_any_outgoing(outgoing_listener seen) const;
    void off_any_outgoing(const listener& one) const;
    void off_any_outgoing() const;
    [[nodiscard]] std::size_t any_outgoing_listener_count() const;
    template<detail::begins_task<const array&> Coroutine>
    listener on_any_outgoing(Coroutine) const = delete;
    template<detail::begins_task<const array&> Coroutine>
    listener prepend_any_outgoing(Coroutine) const = delete;

    // Stands between an event and its handlers: call `next` with nothing to let it pass, or with an
    // error, which goes to the "error" handlers.
    void use(std::function<void(incoming_event&, next_function next)> step) const;
    template<detail::begins_task<incoming_event&, next_function> Coroutine>
    void use(Coroutine) const = delete;

    // Throws std::invalid_argument for a reserved event name. With a callback as the last argument
    // the client is asked to acknowledge; it is called with the answer, on the socket's thread. One
    // that begins with an `ack_error` is also called where there is no answer.
    template<class... Arguments>
    void emit(std::string_view event, Arguments&&... arguments) const {
        emit_event(make_emission(event, std::forward<Arguments>(arguments)...), {});
    }
    template<class... Arguments>
    void send(Arguments&&... arguments) const {
        emit("message", std::forward<Arguments>(arguments)...);
    }
    // The first argument of the client's answer. Without a time-out (see timeout()) it waits for
    // as long as the client is there.
    template<class... Arguments>
    pending<value> emit_with_ack(std::string_view event, Arguments&&... arguments) const {
        return ask(to_array(event, std::forward<Arguments>(arguments)...), {});
    }
    void emit_array(array event) const { emit_event({std::move(event)}, {}); }
    void emit_event(emission what, const emit_flags& flags) const;
    [[nodiscard]] pending<value> ask(array event, const emit_flags& flags) const;

    // For the next step only: `socket.timeout(5s).emit(…)`.
    [[nodiscard]] socket_emitter volatile_() const;
    [[nodiscard]] socket_emitter compress(bool on) const;
    [[nodiscard]] socket_emitter timeout(std::chrono::milliseconds limit) const;

    void join(const room_names& rooms) const;
    void leave(const std::string& room) const;
    // Broadcasts that leave this socket out.
    [[nodiscard]] broadcast_operator to(const room_names& rooms) const;
    [[nodiscard]] broadcast_operator in(const room_names& rooms) const { return to(rooms); }
    [[nodiscard]] broadcast_operator except(const room_names& rooms) const;
    [[nodiscard]] broadcast_operator broadcast() const;
    [[nodiscard]] broadcast_operator local() const;

    // From this namespace; `close` ends the client's connection, with all its namespaces.
    void disconnect(bool close = false) const;

private:
    friend class socket_emitter;
    listener add_handler(std::shared_ptr<event_handler> handler, bool first) const;
    [[nodiscard]] broadcast_operator others(emit_flags flags) const;

    std::shared_ptr<socket_core> core_;
};

// A socket with flags for what is sent next: a value, which may be used again.
class socket_emitter {
public:
    socket_emitter(socket to, const emit_flags& flags) : to_(std::move(to)), flags_(flags) {}

    [[nodiscard]] socket_emitter volatile_() const;
    [[nodiscard]] socket_emitter compress(bool on) const;
    [[nodiscard]] socket_emitter timeout(std::chrono::milliseconds limit) const;

    template<class... Arguments>
    void emit(std::string_view event, Arguments&&... arguments) const {
        to_.emit_event(make_emission(event, std::forward<Arguments>(arguments)...), flags_);
    }
    template<class... Arguments>
    void send(Arguments&&... arguments) const {
        emit("message", std::forward<Arguments>(arguments)...);
    }
    template<class... Arguments>
    pending<value> emit_with_ack(std::string_view event, Arguments&&... arguments) const {
        return to_.ask(to_array(event, std::forward<Arguments>(arguments)...), flags_);
    }

    [[nodiscard]] broadcast_operator to(const room_names& rooms) const;
    [[nodiscard]] broadcast_operator in(const room_names& rooms) const { return to(rooms); }
    [[nodiscard]] broadcast_operator except(const room_names& rooms) const;
    [[nodiscard]] broadcast_operator broadcast() const;

private:
    socket to_;
    emit_flags flags_;
};

} // namespace sockeye::socketio
