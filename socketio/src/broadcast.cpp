#include "answer_here.hpp"
#include "codec/event_names.hpp"
#include "namespace_core.hpp"
#include "state/room_list.hpp"

#include <sockeye/socketio/broadcast.hpp>

#include <stdexcept>
#include <utility>

namespace sockeye::socketio {

broadcast_operator::broadcast_operator(std::shared_ptr<namespace_core> nsp, selection to,
                                       emit_flags flags)
    : nsp_(std::move(nsp)), to_(std::move(to)), flags_(flags) {}

broadcast_operator broadcast_operator::to(const room_names& rooms) const& {
    return broadcast_operator(*this).to(rooms);
}

broadcast_operator broadcast_operator::to(const room_names& rooms) && {
    add_rooms(to_.rooms, rooms);
    return std::move(*this);
}

broadcast_operator broadcast_operator::except(const room_names& rooms) const& {
    return broadcast_operator(*this).except(rooms);
}

broadcast_operator broadcast_operator::except(const room_names& rooms) && {
    add_rooms(to_.except, rooms);
    return std::move(*this);
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

broadcast_operator broadcast_operator::local() const {
    broadcast_operator other = *this;
    other.flags_.local = true;
    return other;
}

broadcast_operator broadcast_operator::timeout(std::chrono::milliseconds limit) const {
    broadcast_operator other = *this;
    other.flags_.timeout = limit;
    return other;
}

// ---- a parent hands on what it is told to send, and nothing else

void broadcast_operator::emit_event(emission what) const& {
    broadcast_operator(*this).emit_event(std::move(what));
}

void broadcast_operator::emit_event(emission what) && {
    check_event_name(what.event);
    if (nsp_->what() == namespace_core::kind::parent) {
        for (const auto& child : nsp_->children())
            broadcast_operator(child, to_, flags_).emit_event(what);
    } else if (what.answered) {
        nsp_->adapter().broadcast_with_ack(
            std::move(what.event), std::move(to_), flags_,
            answer_here(nsp_, std::move(what.answered), flags_.single_answer));
    } else {
        nsp_->adapter().broadcast(std::move(what.event), std::move(to_), flags_);
    }
}

pending<array> broadcast_operator::emit_array_with_ack(array event) const {
    const resolver<array> answer(nsp_->shards());
    check_event_name(event);
    if (nsp_->what() == namespace_core::kind::parent)
        throw std::logic_error("emitWithAck() is not supported on parent namespaces");
    nsp_->adapter().broadcast_with_ack(
        std::move(event), to_, flags_, [answer](std::string error, array responses) {
            answer.complete({std::move(error), std::move(responses)});
        });
    return answer.answer();
}

pending<std::vector<remote_socket>> broadcast_operator::fetch_sockets() const {
    if (nsp_->what() == namespace_core::kind::parent)
        throw std::logic_error("fetchSockets() is not supported on parent namespaces");
    const resolver<std::vector<remote_socket>> answer(nsp_->shards());
    nsp_->adapter().fetch_sockets(to_, flags_,
                                  [answer, nsp = nsp_](outcome<std::vector<socket_details>> found) {
                                      std::vector<remote_socket> sockets;
                                      for (socket_details& details : found.result)
                                          sockets.emplace_back(nsp, std::move(details));
                                      answer.complete({std::move(found.error), std::move(sockets)});
                                  });
    return answer.answer();
}

pending<std::vector<std::string>> broadcast_operator::all_sockets() const {
    const resolver<std::vector<std::string>> answer(nsp_->shards());
    fetch_sockets().then([answer](const outcome<std::vector<remote_socket>>& found) {
        std::vector<std::string> ids;
        for (const remote_socket& socket : found.result)
            ids.push_back(socket.id());
        answer.complete({found.error, std::move(ids)});
    });
    return answer.answer();
}

void broadcast_operator::sockets_join(const room_names& rooms) const {
    if (nsp_->what() != namespace_core::kind::parent)
        nsp_->adapter().sockets_join(to_, flags_, rooms.names());
}

void broadcast_operator::sockets_leave(const room_names& rooms) const {
    if (nsp_->what() != namespace_core::kind::parent)
        nsp_->adapter().sockets_leave(to_, flags_, rooms.names());
}

void broadcast_operator::disconnect_sockets(bool close) const {
    if (nsp_->what() != namespace_core::kind::parent)
        nsp_->adapter().disconnect_sockets(to_, flags_, close);
}

// ---- one socket, wherever it is

remote_socket::remote_socket(std::shared_ptr<namespace_core> nsp, socket_details details)
    : details_(std::move(details)),
      reach_(std::move(nsp), {.rooms = {details_.id}, .except = {}}, {.single_answer = true}) {}

} // namespace sockeye::socketio
