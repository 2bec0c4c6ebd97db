#include "socket_core.hpp"

#include <sockeye/socketio/socket.hpp>

#include <utility>

namespace sockeye::socketio {

const std::string& socket::id() const {
    return core_->id();
}
const std::string& socket::namespace_name() const {
    return core_->nsp().name();
}
bool socket::connected() const {
    return core_->connected();
}
std::vector<std::string> socket::rooms() const {
    return core_->rooms();
}
const socketio::handshake& socket::handshake() const {
    return core_->handshake();
}
std::string socket::transport() const {
    return core_->transport();
}
value& socket::data() const {
    return core_->data;
}

void socket::add_handler(std::string event, event_handler handler, bool once) const {
    core_->add_handler(std::move(event), std::move(handler), once);
}
void socket::off(std::string_view event) const {
    core_->remove_handlers(event);
}
void socket::on_any(std::function<void(incoming_event&)> listener) const {
    core_->add_listener(std::move(listener));
}
void socket::use(std::function<void(incoming_event&, next_function)> step) const {
    core_->add_step(std::move(step));
}

void socket::emit_array(array event, emit_flags flags) const {
    check_event_name(event);
    core_->run([event = std::move(event), flags](socket_core& s) mutable {
        s.emit(std::move(event), std::nullopt, flags);
    });
}

void socket::emit_array_with_ack(array event, std::optional<std::chrono::milliseconds> timeout,
                                 std::function<void(ack_result)> then) const {
    check_event_name(event);
    core_->run([event = std::move(event), timeout, then = std::move(then)](socket_core& s) mutable {
        s.emit_with_ack(std::move(event), timeout, std::move(then));
    });
}

void socket::join(const room_names& rooms) const {
    core_->run([rooms](socket_core& s) {
        for (const std::string& room : rooms.names())
            s.join(room);
    });
}

void socket::leave(const std::string& room) const {
    core_->run([room](socket_core& s) { s.leave(room); });
}

broadcast_operator socket::broadcast() const {
    return {core_->nsp().shared_from_this(), {.except = {id()}}, {}};
}
broadcast_operator socket::to(const room_names& rooms) const {
    return broadcast().to(rooms);
}
broadcast_operator socket::except(const room_names& rooms) const {
    return broadcast().except(rooms);
}

void socket::disconnect(bool close) const {
    core_->run([close](socket_core& s) { s.disconnect(close); });
}

} // namespace sockeye::socketio
