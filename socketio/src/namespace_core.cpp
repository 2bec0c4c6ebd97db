#include "namespace_core.hpp"

#include "codec/packet_head.hpp"
#include "server_core.hpp"
#include "socket_core.hpp"

#include <stdexcept>
#include <utility>

namespace sockeye::socketio {

void check_event_name(const array& event) {
    const std::string& name = event.front().as_string();
    if (is_reserved_event(name))
        throw std::invalid_argument('"' + name + "\" is a reserved event name");
}

// ---- a shard's part

void namespace_part::add(socket_core& connected) {
    sockets_.emplace(connected.id(), &connected);
}

void namespace_part::remove(socket_core& gone) {
    const auto found = sockets_.find(gone.id());
    if (found != sockets_.end() && found->second == &gone) sockets_.erase(found);
}

socket_core* namespace_part::find(std::string_view id) const {
    const auto found = sockets_.find(id);
    return found == sockets_.end() ? nullptr : found->second;
}

// A socket's own id is a room of its own, which is not kept: the table of sockets knows it.
template<class Visit>
void namespace_part::for_each_member(const std::string& room, Visit visit) {
    if (const auto* members = rooms_.members(room))
        for (room_member* member : *members)
            visit(static_cast<socket_core&>(*member));
    if (socket_core* const own = find(room)) visit(*own);
}

template<class Visit>
void namespace_part::for_each_target(const broadcast_targets& targets, Visit visit) {
    rooms_.begin_selection();
    for (const std::string& room : targets.except)
        for_each_member(room, [&](socket_core& s) { static_cast<void>(rooms_.mark(s)); });
    const auto once = [&](socket_core& s) {
        if (s.connected() && rooms_.mark(s)) visit(s);
    };
    if (targets.rooms.empty())
        for (const auto& [id, s] : sockets_)
            once(*s);
    for (const std::string& room : targets.rooms)
        for_each_member(room, once);
}

std::vector<std::shared_ptr<socket_core>> namespace_part::select(const broadcast_targets& targets) {
    std::vector<std::shared_ptr<socket_core>> selected;
    for_each_target(targets, [&](socket_core& s) { selected.push_back(s.shared_from_this()); });
    return selected;
}

void namespace_part::deliver(const encoded_broadcast& what) {
    // Sending may end a slow reader's session, whose handlers may do anything to rooms: whom it
    // reaches is settled first.
    const auto reached = select(what.targets);
    if (reached.empty()) return;
    std::vector<engineio::outgoing_ptr> packets;
    packets.reserve(what.messages.size());
    for (const engineio::encoded_ptr& message : what.messages)
        packets.push_back(engineio::outgoing::share(message));
    for (const auto& socket : reached)
        socket->send_packets(packets, what.flags.volatile_);
}

// ---- the whole

namespace_core::namespace_core(server_core& server, std::string name)
    : server_(server), name_(std::move(name)), parts_(server.shards().size()) {}

void namespace_core::add_step(connect_step step) {
    const std::lock_guard lock(mutex_);
    steps_.push_back(std::move(step));
}

void namespace_core::add_handler(connect_handler handler) {
    const std::lock_guard lock(mutex_);
    handlers_.push_back(std::move(handler));
}

std::vector<namespace_core::connect_step> namespace_core::steps() const {
    const std::lock_guard lock(mutex_);
    return steps_;
}

std::vector<namespace_core::connect_handler> namespace_core::handlers() const {
    const std::lock_guard lock(mutex_);
    return handlers_;
}

void namespace_core::emit(array event, const broadcast_targets& targets, emit_flags flags) {
    check_event_name(event);
    auto message = std::make_shared<encoded_broadcast>();
    for (const wire_message& wire :
         server_.packets().encode({.nsp = name_, .data = std::move(event)}))
        message->messages.push_back(
            engineio::encode_message(wire.data, wire.binary, flags.compress));
    message->targets = targets;
    message->flags = flags;
    for (unsigned shard = 0; shard < parts_.size(); ++shard)
        server_.run_on(shard, [self = shared_from_this(), shard, message] {
            self->part(shard).deliver(*message);
        });
}

void namespace_core::for_each(const broadcast_targets& targets,
                              std::function<void(socket_core&)> task) {
    for (unsigned shard = 0; shard < parts_.size(); ++shard)
        server_.run_on(shard, [self = shared_from_this(), shard, targets, task] {
            for (const auto& socket : self->part(shard).select(targets))
                task(*socket);
        });
}

} // namespace sockeye::socketio
