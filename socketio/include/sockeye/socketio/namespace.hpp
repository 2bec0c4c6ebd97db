#pragma once

#include <sockeye/socketio/socket.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sockeye::socketio {

class adapter;
class namespace_core;

// A refused connection: what the client's "connect_error" gets.
struct connect_refusal {
    std::string message;
    value data = {}; // null: none
};

// A room of this server came into being or ceased to be, or a socket came or went.
struct room_event {
    enum class kind : std::uint8_t { created, joined, left, deleted };
    kind what;
    std::string_view room;
    std::string_view socket_id; // who joined or left
};

// One of the channels that share a client's connection, or the parent of those that a pattern or a
// function allows. A handle: cheap to copy, and usable from any thread.
class namespace_ {
public:
    explicit namespace_(std::shared_ptr<namespace_core> core) : core_(std::move(core)) {}
    bool operator==(const namespace_&) const = default;

    [[nodiscard]] const std::string& name() const;
    // This server's sockets.
    [[nodiscard]] pending<std::vector<socket>> sockets() const;
    [[nodiscard]] std::size_t socket_count() const; // of this server

    // `on("connection", [](socket s) {…})`: for sockets that connect from now on, on their threads;
    // it may be a coroutine. Any other event is one that other servers send with server_side_emit.
    // Throws std::invalid_argument for a handler that does not fit the event.
    template<class Function>
    listener on(std::string_view event, Function handler) const {
        if constexpr (std::is_invocable_v<Function&, socket>)
            return on_connection_event(event, make_welcome(std::move(handler)), false);
        else
            return add_handler(make_event_handler(event, std::move(handler)));
    }
    template<class Function>
    listener once(std::string_view event, Function handler) const {
        if constexpr (std::is_invocable_v<Function&, socket>)
            return on_connection_event(event, make_welcome(std::move(handler)), true);
        else
            return add_handler(make_event_handler(event, std::move(handler), true));
    }
    template<class Function>
    listener on_connection(Function handler) const {
        return on("connection", std::move(handler));
    }
    void off(const listener& one) const;
    void off(std::string_view event) const;
    [[nodiscard]] std::size_t listener_count(std::string_view event) const;
    // The adapter's create-room, join-room, leave-room and delete-room. On the thread where it
    // happens, which must not be held up. Before the first client connects.
    void on_room(std::function<void(const room_event&)> seen) const;

    // Before a client is connected: `use([](socket s, connect_next next) {…})`, or a coroutine. It
    // is refused with an error, and may try again; where one is thrown, as "Internal error".
    using connect_next = std::function<void(std::optional<connect_refusal> error)>;
    template<class Function>
    namespace_ use(Function step) const {
        if constexpr (detail::begins_task<Function, socket, connect_next>)
            return add_step(begin_step(std::move(step)));
        else
            return add_step(std::move(step));
    }

    template<class... Arguments>
    void emit(std::string_view event, Arguments&&... arguments) const {
        everyone().emit(event, std::forward<Arguments>(arguments)...);
    }
    template<class... Arguments>
    void send(Arguments&&... arguments) const {
        everyone().send(std::forward<Arguments>(arguments)...);
    }
    template<class... Arguments>
    pending<array> emit_with_ack(std::string_view event, Arguments&&... arguments) const {
        return everyone().emit_with_ack(event, std::forward<Arguments>(arguments)...);
    }
    [[nodiscard]] broadcast_operator everyone() const;
    [[nodiscard]] broadcast_operator to(const room_names& rooms) const {
        return everyone().to(rooms);
    }
    [[nodiscard]] broadcast_operator in(const room_names& rooms) const {
        return everyone().to(rooms);
    }
    [[nodiscard]] broadcast_operator except(const room_names& rooms) const {
        return everyone().except(rooms);
    }
    [[nodiscard]] broadcast_operator volatile_() const { return everyone().volatile_(); }
    [[nodiscard]] broadcast_operator compress(bool on) const { return everyone().compress(on); }
    [[nodiscard]] broadcast_operator local() const { return everyone().local(); }
    [[nodiscard]] broadcast_operator timeout(std::chrono::milliseconds limit) const {
        return everyone().timeout(limit);
    }
    [[nodiscard]] pending<std::vector<remote_socket>> fetch_sockets() const {
        return everyone().fetch_sockets();
    }
    [[nodiscard]] pending<std::vector<std::string>> all_sockets() const {
        return everyone().all_sockets();
    }
    void sockets_join(const room_names& rooms) const { everyone().sockets_join(rooms); }
    void sockets_leave(const room_names& rooms) const { everyone().sockets_leave(rooms); }
    void disconnect_sockets(bool close = false) const { everyone().disconnect_sockets(close); }

    // To the namespace of that name on every other server of the cluster: its `on` handlers. With a
    // callback as the last argument, `[](ack_error error, std::vector<T> responses)`, each answers.
    template<class... Arguments>
    void server_side_emit(std::string_view event, Arguments&&... arguments) const {
        emit_to_servers(make_emission(event, std::forward<Arguments>(arguments)...));
    }
    template<class... Arguments>
    pending<array> server_side_emit_with_ack(std::string_view event,
                                             Arguments&&... arguments) const {
        return server_side_emit_array_with_ack(
            to_array(event, std::forward<Arguments>(arguments)...));
    }
    void server_side_emit_array(array event) const { emit_to_servers({std::move(event)}); }
    [[nodiscard]] pending<array> server_side_emit_array_with_ack(array event) const;

    [[nodiscard]] socketio::adapter& adapter() const;
    [[nodiscard]] const std::shared_ptr<namespace_core>& core() const { return core_; } // internal

private:
    using welcome = std::function<void(socket)>;
    using connect_step = std::function<void(socket, connect_next)>;

    template<class Function>
    welcome make_welcome(Function handler) const {
        if constexpr (detail::begins_task<Function, socket>)
            return begin_welcome(std::move(handler));
        else
            return handler;
    }
    [[nodiscard]] welcome begin_welcome(std::function<task<>(const socket&)> handler) const;
    [[nodiscard]] connect_step
    begin_step(std::function<task<>(const socket&, const connect_next&)> step) const;
    namespace_ add_step(connect_step step) const;
    listener add_handler(std::shared_ptr<event_handler> handler) const;
    listener on_connection_event(std::string_view event, welcome handler, bool once) const;
    void emit_to_servers(emission what) const;

    std::shared_ptr<namespace_core> core_;
};

} // namespace sockeye::socketio
