#pragma once

#include "ack_table.hpp"
#include "namespace_core.hpp"
#include "state/listener_list.hpp"

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
#include <vector>

namespace sockeye::socketio {

class client;

// A client in a namespace, behind the handles. Of its shard's thread, but where it says otherwise.
//
//     joining -> connected -> leaving -> gone    a middleware that refuses: joining -> gone
class socket_core final : public room_member, public std::enable_shared_from_this<socket_core> {
public:
    // Recovered where `former` is of that outcome.
    socket_core(client& owner, std::shared_ptr<namespace_core> nsp, value auth,
                const restored_session& former);

    // ---- from any thread
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] namespace_core& nsp() const { return *nsp_; }
    [[nodiscard]] bool connected() const {
        const status now = status_;
        return now == status::connected || now == status::leaving;
    }
    // Runs `task` on this socket's thread, unless it has left by then.
    void run(std::function<void(socket_core&)> task);
    void emit(emission what, const emit_flags& flags);

    // ---- what happens
    void start(restored_session& former); // runs the namespace's middlewares, and connects
    void on_event(packet& event);
    void on_ack(packet& answer);
    void close(std::string_view reason, std::string_view detail);
    void report(array event); // of ours, not the client's, to its handlers

    // ---- what the application does
    listener add_listener(listener_list& to, std::shared_ptr<event_handler> one, bool first);
    [[nodiscard]] listener_list& handlers() { return handlers_; }
    [[nodiscard]] listener_list& any_handlers() { return extra().any; }
    [[nodiscard]] listener_list& outgoing_handlers() { return extra().outgoing; }
    void add_step(std::function<void(incoming_event&, next_function)> step);
    void join(const std::vector<std::string>& rooms);
    void leave(const std::string& room);
    void disconnect(bool close_connection);
    [[nodiscard]] bool recovered() const { return recovered_; }
    [[nodiscard]] std::vector<std::string> rooms() const;
    [[nodiscard]] const socketio::handshake& handshake();
    [[nodiscard]] socket_details details();
    [[nodiscard]] engineio::session* session() const;
    [[nodiscard]] value& data() { return extra().data; }
    [[nodiscard]] value& data_for_application(); // the same, seen by the observer

    // ---- what broadcasts do
    // Whether they reach it: also while a recovered socket passes middlewares.
    [[nodiscard]] bool receives() const {
        return connected() || (recovered_ && status_ == status::joining);
    }
    [[nodiscard]] bool knows_offsets() const { return !version_2_; }
    [[nodiscard]] bool in_own_room() const { return in_own_room_; }
    void look_ahead() const; // as of engineio::session
    void send_event(const array& event, std::span<const engineio::outgoing_ptr> packets,
                    bool volatile_);
    // False: it owes too many answers already, and is not to be asked.
    bool expect_ack(std::uint64_t id, std::optional<milliseconds> timeout, ack_table::finish then);

private:
    enum class status : std::uint8_t { joining, connected, leaving, gone };
    using event_step = std::function<void(incoming_event&, next_function)>;
    // What few sockets need.
    struct extras {
        explicit extras(engineio::shards& shards) : acks(shards) {}
        listener_list any;
        listener_list outgoing;
        std::vector<event_step> steps;
        ack_table acks;
        std::optional<socketio::handshake> handshake;
        value auth = object{};
        value data = object{};
        std::string private_id; // of recovery
    };
    struct dispatch_state;
    class reply_path;

    [[nodiscard]] server_core& server() const { return nsp_->server(); }
    [[nodiscard]] namespace_part& part() { return nsp_->part(shard_); }
    extras& extra();
    void restore(restored_session& former);
    void run_connect_steps(const namespace_core::rules_ptr& rules, std::size_t next);
    void connect();
    [[nodiscard]] packet connect_reply();
    void welcome();
    void refuse(const connect_refusal& why);
    void run_steps(const std::shared_ptr<dispatch_state>& state, std::size_t next);
    void dispatch(incoming_event& event);
    void show(listener_list& to, array& event, const ack_sender& reply);
    void answer(std::uint64_t id, array with);
    [[nodiscard]] bool is_here() const { return nsp_->shards().current() == shard_; }
    void emit_here(emission what, const emit_flags& flags);
    void ask_here(emission what, const emit_flags& flags);
    [[nodiscard]] bool is_logged(const emit_flags& flags) const;
    void log(array event, const emit_flags& flags);
    void send_packet(array event, std::optional<std::uint64_t> ack_id, const emit_flags& flags);
    ack_table::finish told(ack_callback answered);
    void tell_of_leaving(const std::string& room);
    [[nodiscard]] bool may_join(const std::string& room);
    void report_refused(std::size_t rooms);
    void leave_all_rooms();
    void persist(std::string_view reason);
    void drop_what_the_application_gave();
    [[nodiscard]] std::string name_for_log() const;

    // What a broadcast meets comes first, so that it lies together.
    client* owner_; // null once it is gone
    const std::shared_ptr<namespace_core> nsp_;
    std::unique_ptr<extras> extras_;
    const unsigned shard_;
    // Changed by its own thread only:
    std::atomic<status> status_ = status::joining;
    std::atomic<bool> in_own_room_ = false;
    bool refusal_logged_ = false; // of rooms
    const bool version_2_;
    const bool recovers_; // its client may come back, which those of version 2 cannot
    const bool recovered_;
    listener_list handlers_;
    const std::string id_;
};

// What a client is told where a middleware threw: no more, since what it threw was not meant for
// it.
connect_refusal failed_middleware();

} // namespace sockeye::socketio
