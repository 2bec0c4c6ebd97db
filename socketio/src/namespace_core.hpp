#pragma once

#include "state/room_index.hpp"

#include <sockeye/engineio/encoded.hpp>
#include <sockeye/socketio/broadcast.hpp>
#include <sockeye/socketio/namespace.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sockeye::socketio {

class server_core;
class socket_core;

// A packet for many, encoded once: what travels to the shards.
struct encoded_broadcast {
    std::vector<engineio::encoded_ptr> messages;
    broadcast_targets targets;
    emit_flags flags;
};

// The sockets and rooms of one namespace on one shard; of its thread only.
class namespace_part {
public:
    void add(socket_core& connected);
    void remove(socket_core& gone);
    [[nodiscard]] socket_core* find(std::string_view id) const;
    [[nodiscard]] room_index& rooms() { return rooms_; }

    // The sockets that are meant, each once; they stay alive as long as the result.
    [[nodiscard]] std::vector<std::shared_ptr<socket_core>>
    select(const broadcast_targets& targets);
    void deliver(const encoded_broadcast& what);

private:
    template<class Visit>
    void for_each_target(const broadcast_targets& targets, Visit visit);
    template<class Visit>
    void for_each_member(const std::string& room, Visit visit);

    std::unordered_map<std::string_view, socket_core*> sockets_; // keys are the sockets' own ids
    room_index rooms_;
};

class namespace_core : public std::enable_shared_from_this<namespace_core> {
public:
    using connect_step = std::function<void(socket, namespace_::connect_next)>;
    using connect_handler = std::function<void(socket)>;

    namespace_core(server_core& server, std::string name);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] server_core& server() { return server_; }
    [[nodiscard]] namespace_part& part(unsigned shard) { return parts_[shard]; }
    [[nodiscard]] std::uint64_t next_ack_id() { return next_ack_id_.fetch_add(1); }

    void add_step(connect_step step);
    void add_handler(connect_handler handler);
    [[nodiscard]] std::vector<connect_step> steps() const; // as of now
    [[nodiscard]] std::vector<connect_handler> handlers() const;

    void emit(array event, const broadcast_targets& targets, emit_flags flags);
    // Runs `task` for the sockets that are meant, on every shard.
    void for_each(const broadcast_targets& targets, std::function<void(socket_core&)> task);

private:
    server_core& server_;
    const std::string name_;
    std::vector<namespace_part> parts_; // one a shard
    std::atomic<std::uint64_t> next_ack_id_ = 0;
    mutable std::mutex mutex_; // held to copy, when a client connects
    std::vector<connect_step> steps_;
    std::vector<connect_handler> handlers_;
};

// Names that a client would take for events of its own connection. Throws std::invalid_argument.
void check_event_name(const array& event);

} // namespace sockeye::socketio
