#pragma once

#include <sockeye/socketio/emission.hpp>
#include <sockeye/socketio/handshake.hpp>
#include <sockeye/socketio/pending.hpp>
#include <sockeye/socketio/selection.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::socketio {

class namespace_core;
class remote_socket;

// An operation on many sockets in the making: a value, built step by step, that may be kept and
// used again, from any thread.
//
//     io.to("room").except("muted").emit("news", 1, "two");
//
// With an adapter that joins servers to a cluster, it reaches the sockets of all of them.
class broadcast_operator {
public:
    broadcast_operator(std::shared_ptr<namespace_core> nsp, selection to, emit_flags flags);

    // Of a temporary, what has been named before is moved on, here and when it emits.
    [[nodiscard]] broadcast_operator to(const room_names& rooms) const&;
    [[nodiscard]] broadcast_operator to(const room_names& rooms) &&;
    [[nodiscard]] broadcast_operator in(const room_names& rooms) const& { return to(rooms); }
    [[nodiscard]] broadcast_operator in(const room_names& rooms) && {
        return std::move(*this).to(rooms);
    }
    [[nodiscard]] broadcast_operator except(const room_names& rooms) const&;
    [[nodiscard]] broadcast_operator except(const room_names& rooms) &&;
    [[nodiscard]] broadcast_operator volatile_() const;
    [[nodiscard]] broadcast_operator compress(bool on) const;
    [[nodiscard]] broadcast_operator local() const;
    [[nodiscard]] broadcast_operator timeout(std::chrono::milliseconds limit) const;

    // Throws std::invalid_argument for a reserved event name. With a callback as the last argument,
    // `[](ack_error error, std::vector<T> responses)`, clients are asked to acknowledge, and the
    // first argument of each acknowledgement is collected; without timeout() before, it fails at
    // once unless there is nobody to answer.
    template<class... Arguments>
    void emit(std::string_view event, Arguments&&... arguments) const& {
        emit_event(make_emission(event, std::forward<Arguments>(arguments)...));
    }
    template<class... Arguments>
    void emit(std::string_view event, Arguments&&... arguments) && {
        std::move(*this).emit_event(make_emission(event, std::forward<Arguments>(arguments)...));
    }
    template<class... Arguments>
    void send(Arguments&&... arguments) const {
        emit("message", std::forward<Arguments>(arguments)...);
    }
    // The error's `responses` are those that came in time.
    template<class... Arguments>
    pending<array> emit_with_ack(std::string_view event, Arguments&&... arguments) const {
        return emit_array_with_ack(to_array(event, std::forward<Arguments>(arguments)...));
    }
    void emit_event(emission what) const&;
    void emit_event(emission what) &&;
    void emit_array(array event) const& { emit_event({std::move(event)}); }
    void emit_array(array event) && { std::move(*this).emit_event({std::move(event)}); }
    [[nodiscard]] pending<array> emit_array_with_ack(array event) const;

    [[nodiscard]] pending<std::vector<remote_socket>> fetch_sockets() const;
    [[nodiscard]] pending<std::vector<std::string>> all_sockets() const; // ids; as fetch_sockets
    void sockets_join(const room_names& rooms) const;
    void sockets_leave(const room_names& rooms) const;
    void disconnect_sockets(bool close = false) const;

private:
    std::shared_ptr<namespace_core> nsp_;
    selection to_;
    emit_flags flags_;
};

// A socket of this server or of another one: what it was when it was fetched, and a way to reach
// it.
class remote_socket {
public:
    remote_socket(std::shared_ptr<namespace_core> nsp, socket_details details);

    [[nodiscard]] const std::string& id() const { return details_.id; }
    [[nodiscard]] const socketio::handshake& handshake() const { return details_.handshake; }
    [[nodiscard]] const std::vector<std::string>& rooms() const { return details_.rooms; }
    [[nodiscard]] const value& data() const { return details_.data; }
    [[nodiscard]] const socket_details& details() const { return details_; }

    template<class... Arguments>
    void emit(std::string_view event, Arguments&&... arguments) const {
        reach_.emit(event, std::forward<Arguments>(arguments)...);
    }
    // `io.timeout(…)` of a remote socket: its callbacks get `(ack_error, T answer)`.
    [[nodiscard]] broadcast_operator timeout(std::chrono::milliseconds limit) const {
        return reach_.timeout(limit);
    }
    void join(const room_names& rooms) const { reach_.sockets_join(rooms); }
    void leave(const room_names& rooms) const { reach_.sockets_leave(rooms); }
    void disconnect(bool close = false) const { reach_.disconnect_sockets(close); }

private:
    socket_details details_;
    broadcast_operator reach_;
};

} // namespace sockeye::socketio
