#pragma once

#include "namespace_core.hpp"

#include <sockeye/engineio/session.hpp>
#include <sockeye/socketio/options.hpp>
#include <sockeye/socketio/packet.hpp>
#include <sockeye/socketio/socket.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sockeye::socketio {

class client;

// A client in a namespace, behind the handles. Of its shard's thread, but where it says otherwise.
class socket_core final : public room_member, public std::enable_shared_from_this<socket_core> {
public:
    socket_core(client& owner, std::shared_ptr<namespace_core> nsp, value auth);

    // ---- from any thread
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] namespace_core& nsp() const { return *nsp_; }
    [[nodiscard]] bool connected() const { return status_ == status::connected; }
    // Runs `task` on this socket's thread, unless it has left by then.
    void run(std::function<void(socket_core&)> task);

    // ---- what happens
    void start(); // runs the namespace's middlewares, and connects
    void on_event(packet& event);
    void on_ack(packet& answer);
    void close(std::string_view reason, std::string_view detail);
    void report(array event); // of ours, not the client's, to its handlers

    // ---- what the application does
    void add_handler(std::string event, event_handler handler, bool once);
    void remove_handlers(std::string_view event);
    void add_listener(std::function<void(incoming_event&)> listener);
    void add_step(std::function<void(incoming_event&, socket::next_function)> step);
    void send_packets(std::span<const engineio::outgoing_ptr> packets, bool volatile_);
    void emit(array event, std::optional<std::uint64_t> ack_id, emit_flags flags);
    void emit_with_ack(array event, std::optional<milliseconds> timeout,
                       std::function<void(ack_result)> then);
    void join(const std::string& room);
    void leave(const std::string& room);
    void disconnect(bool close_connection);
    [[nodiscard]] std::vector<std::string> rooms() const;
    [[nodiscard]] const socketio::handshake& handshake();
    [[nodiscard]] std::string transport() const;

    value data;

private:
    enum class status : std::uint8_t { joining, connected, gone };
    struct event_listener {
        std::string event;
        std::shared_ptr<event_handler> handler;
        bool once;
    };
    // What few sockets need.
    struct extras {
        std::vector<std::function<void(incoming_event&)>> any;
        std::vector<std::function<void(incoming_event&, socket::next_function)>> steps;
        std::unordered_map<std::uint64_t, std::function<void(ack_result)>> acks;
        std::optional<socketio::handshake> handshake;
    };
    struct dispatch_state;

    [[nodiscard]] namespace_part& part() { return nsp_->part(shard_); }
    extras& extra();
    void run_connect_steps(std::size_t next);
    void connect();
    void refuse(const connect_refusal& why);
    void run_steps(const std::shared_ptr<dispatch_state>& state, std::size_t next);
    void dispatch(incoming_event& event);
    void call(std::string_view event, const event_handler& handler, incoming_event& with);
    [[nodiscard]] ack_sender make_reply(std::uint64_t id);
    void finish_ack(std::uint64_t id, ack_result result);
    void log_error(const std::string& what);

    const std::string id_;
    const std::shared_ptr<namespace_core> nsp_;
    client* owner_; // null once it is gone
    std::vector<event_listener> listeners_;
    std::unique_ptr<extras> extras_;
    value auth_;
    const unsigned shard_;
    std::atomic<status> status_ = status::joining; // changed by its own thread only
};

} // namespace sockeye::socketio
