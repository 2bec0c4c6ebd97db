#include "answer_here.hpp"
#include "namespace_core.hpp"
#include "server_core.hpp"
#include "socket_core.hpp"

#include <sockeye/socketio/namespace.hpp>

#include <iterator>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace sockeye::socketio {
namespace {

// Those that mean something else on a server.
void check_server_event_name(const array& event) {
    const std::string& name = event.at(0).as_string();
    if (name == "connect" || name == "connection" || name == "new_namespace")
        throw std::invalid_argument('"' + name + "\" is a reserved event name");
}

} // namespace

const std::string& namespace_::name() const {
    return core_->name();
}

std::size_t namespace_::socket_count() const {
    return core_->sockets;
}

pending<std::vector<socket>> namespace_::sockets() const {
    struct gathered {
        std::mutex mutex;
        std::vector<socket> all;
    };
    const auto into = std::make_shared<gathered>();
    const resolver<std::vector<socket>> answer(core_->shards());
    core_->for_each_part(
        [into](namespace_part& part) {
            const std::lock_guard lock(into->mutex);
            for (auto& core : part.all())
                into->all.emplace_back(std::move(core));
        },
        [into, answer] { answer.resolve(std::move(into->all)); });
    return answer.answer();
}

// ---- handlers

listener namespace_::add_handler(std::shared_ptr<event_handler> handler) const {
    return core_->add_handler(std::move(handler));
}

listener namespace_::on_connection(std::function<void(socket)> handler) const {
    return core_->add_welcome(std::move(handler));
}

listener namespace_::on_connection_event(std::string_view event,
                                         std::function<void(socket)> handler) const {
    if (event != "connection" && event != "connect")
        throw std::invalid_argument(
            "only \"connection\" has a handler that takes a socket, not \"" + std::string(event) +
            '"');
    return on_connection(std::move(handler));
}

void namespace_::off(const listener& one) const {
    core_->remove_handler(one);
}
void namespace_::off(std::string_view event) const {
    core_->remove_handlers(event);
}
std::size_t namespace_::listener_count(std::string_view event) const {
    return core_->handler_count(event);
}
void namespace_::on_room(std::function<void(const room_event&)> seen) const {
    core_->rooms().add_listener(std::move(seen));
}

namespace_ namespace_::use(std::function<void(socket, connect_next)> step) const {
    core_->add_step(std::move(step));
    return *this;
}

// ---- sending

broadcast_operator namespace_::everyone() const {
    return {core_, {}, {}};
}

void namespace_::emit_to_servers(emission what) const {
    check_server_event_name(what.event);
    if (!what.answered) return core_->adapter().server_side_emit(std::move(what.event));
    core_->adapter().server_side_emit_with_ack(std::move(what.event),
                                               answer_here(core_, std::move(what.answered), false));
}

pending<array> namespace_::ask_servers(array event) const {
    check_server_event_name(event);
    const resolver<array> answer(core_->shards());
    core_->adapter().server_side_emit_with_ack(
        std::move(event), [answer](std::string error, array responses) {
            answer.complete({std::move(error), std::move(responses)});
        });
    return answer.answer();
}

socketio::adapter& namespace_::adapter() const {
    return core_->adapter();
}

} // namespace sockeye::socketio
