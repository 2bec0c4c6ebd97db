#include "socket_core.hpp"

#include <sockeye/socketio/socket.hpp>

#include <utility>

namespace sockeye::socketio {
namespace {

// A catch-all listener is a handler of the event that has no name.
std::shared_ptr<event_handler> make_any(socket::any_listener seen) {
    return make_event_handler("", std::move(seen));
}

std::shared_ptr<event_handler> make_outgoing(socket::outgoing_listener seen) {
    return make_any([seen = std::move(seen)](incoming_event& event) { seen(event.arguments); });
}

} // namespace

const std::string& socket::id() const {
    return core_->id();
}
const std::string& socket::namespace_name() const {
    return core_->nsp().name();
}
namespace_ socket::nsp() const {
    return namespace_(core_->nsp().shared_from_this());
}
bool socket::connected() const {
    return core_->connected();
}
bool socket::recovered() const {
    return core_->recovered();
}
std::vector<std::string> socket::rooms() const {
    return core_->rooms();
}
const socketio::handshake& socket::handshake() const {
    return core_->handshake();
}
engineio::session* socket::connection() const {
    return core_->session();
}
const engineio::http_request* socket::request() const {
    engineio::session* const session = core_->session();
    return session ? &session->request() : nullptr;
}
std::string socket::transport() const {
    engineio::session* const session = core_->session();
    return session ? std::string(engineio::name(session->transport())) : std::string();
}
value& socket::data() const {
    return core_->data_for_application();
}

// ---- handlers

listener socket::add_handler(std::shared_ptr<event_handler> handler, bool first) const {
    return core_->add_listener(core_->handlers(), std::move(handler), first);
}
void socket::off(const listener& one) const {
    core_->handlers().remove(one);
}
void socket::off(std::string_view event) const {
    core_->handlers().remove(event);
}
void socket::off() const {
    core_->handlers().clear();
}
std::size_t socket::listener_count(std::string_view event) const {
    return core_->handlers().count(event);
}
std::vector<std::string> socket::event_names() const {
    return core_->handlers().event_names();
}

listener socket::on_any(any_listener seen) const {
    return core_->add_listener(core_->any_handlers(), make_any(std::move(seen)), false);
}
listener socket::prepend_any(any_listener seen) const {
    return core_->add_listener(core_->any_handlers(), make_any(std::move(seen)), true);
}
void socket::off_any(const listener& one) const {
    core_->any_handlers().remove(one);
}
void socket::off_any() const {
    core_->any_handlers().clear();
}
std::size_t socket::any_listener_count() const {
    return core_->any_handlers().count("");
}

listener socket::on_any_outgoing(outgoing_listener seen) const {
    return core_->add_listener(core_->outgoing_handlers(), make_outgoing(std::move(seen)), false);
}
listener socket::prepend_any_outgoing(outgoing_listener seen) const {
    return core_->add_listener(core_->outgoing_handlers(), make_outgoing(std::move(seen)), true);
}
void socket::off_any_outgoing(const listener& one) const {
    core_->outgoing_handlers().remove(one);
}
void socket::off_any_outgoing() const {
    core_->outgoing_handlers().clear();
}
std::size_t socket::any_outgoing_listener_count() const {
    return core_->outgoing_handlers().count("");
}

void socket::use(std::function<void(incoming_event&, next_function)> step) const {
    core_->add_step(std::move(step));
}

// ---- sending

void socket::emit_event(emission what, const emit_flags& flags) const {
    core_->emit(std::move(what), flags);
}

pending<value> socket::ask(array event, const emit_flags& flags) const {
    const resolver<value> answer(core_->nsp().shards());
    core_->emit({std::move(event),
                 [answer](ack_error error, array arguments) -> std::optional<mismatch> {
                     answer.complete({std::move(error.message),
                                      arguments.empty() ? value() : std::move(arguments.front())});
                     return std::nullopt;
                 }},
                flags);
    return answer.answer();
}

socket_emitter socket::volatile_() const {
    return socket_emitter(*this, {}).volatile_();
}
socket_emitter socket::compress(bool on) const {
    return socket_emitter(*this, {}).compress(on);
}
socket_emitter socket::timeout(std::chrono::milliseconds limit) const {
    return socket_emitter(*this, {}).timeout(limit);
}

// ---- rooms

void socket::join(const room_names& rooms) const {
    core_->run([names = rooms.names()](socket_core& s) { s.join(names); });
}
void socket::leave(const std::string& room) const {
    core_->run([room](socket_core& s) { s.leave(room); });
}

broadcast_operator socket::others(emit_flags flags) const {
    selection all;
    all.except.push_back(id());
    return {core_->nsp().shared_from_this(), std::move(all), flags};
}
broadcast_operator socket::broadcast() const {
    return others({});
}
broadcast_operator socket::local() const {
    return others({}).local();
}
broadcast_operator socket::to(const room_names& rooms) const {
    return others({}).to(rooms);
}
broadcast_operator socket::except(const room_names& rooms) const {
    return others({}).except(rooms);
}

void socket::disconnect(bool close) const {
    core_->run([close](socket_core& s) { s.disconnect(close); });
}

// ---- with flags

socket_emitter socket_emitter::volatile_() const {
    socket_emitter other = *this;
    other.flags_.volatile_ = true;
    return other;
}
socket_emitter socket_emitter::compress(bool on) const {
    socket_emitter other = *this;
    other.flags_.compress = on;
    return other;
}
socket_emitter socket_emitter::timeout(std::chrono::milliseconds limit) const {
    socket_emitter other = *this;
    other.flags_.timeout = limit;
    return other;
}
broadcast_operator socket_emitter::broadcast() const {
    return to_.others(flags_);
}
broadcast_operator socket_emitter::to(const room_names& rooms) const {
    return broadcast().to(rooms);
}
broadcast_operator socket_emitter::except(const room_names& rooms) const {
    return broadcast().except(rooms);
}

} // namespace sockeye::socketio
