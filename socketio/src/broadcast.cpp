#include "namespace_core.hpp"
#include "socket_core.hpp"

#include <sockeye/socketio/broadcast.hpp>

#include <utility>

namespace sockeye::socketio {
namespace {

void add(std::vector<std::string>& to, const room_names& rooms) {
    to.insert(to.end(), rooms.names().begin(), rooms.names().end());
}

} // namespace

broadcast_operator::broadcast_operator(std::shared_ptr<namespace_core> nsp,
                                       broadcast_targets targets, emit_flags flags)
    : nsp_(std::move(nsp)), targets_(std::move(targets)), flags_(flags) {}

broadcast_operator broadcast_operator::to(const room_names& rooms) const {
    broadcast_operator more = *this;
    add(more.targets_.rooms, rooms);
    return more;
}

broadcast_operator broadcast_operator::except(const room_names& rooms) const {
    broadcast_operator fewer = *this;
    add(fewer.targets_.except, rooms);
    return fewer;
}

broadcast_operator broadcast_operator::volatile_() const {
    broadcast_operator other = *this;
    other.flags_.volatile_ = true;
    return other;
}

broadcast_operator broadcast_operator::compress(bool on) const {
    broadcast_operator other = *this;
    other.flags_.compress = on;
    return other;
}

void broadcast_operator::emit_array(array event) const {
    nsp_->emit(std::move(event), targets_, flags_);
}

void broadcast_operator::sockets_join(const room_names& rooms) const {
    nsp_->for_each(targets_, [rooms](socket_core& s) {
        for (const std::string& room : rooms.names())
            s.join(room);
    });
}

void broadcast_operator::sockets_leave(const room_names& rooms) const {
    nsp_->for_each(targets_, [rooms](socket_core& s) {
        for (const std::string& room : rooms.names())
            s.leave(room);
    });
}

void broadcast_operator::disconnect_sockets(bool close) const {
    nsp_->for_each(targets_, [close](socket_core& s) { s.disconnect(close); });
}

} // namespace sockeye::socketio
