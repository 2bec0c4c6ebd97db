#include "answer_here.hpp"
#include "codec/event_names.hpp"
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

// Parents have none: their children do.
adapter& adapter_of(namespace_core& nsp) {
    if (nsp.what() == namespace_core::kind::parent)
        throw std::logic_error("a parent namespace has no adapter");
    return nsp.adapter();
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
            for (socket_core* const core : part.all())
                into->all.emplace_back(core->shared_from_this());
        },
        [into, answer] { answer.resolve(std::move(into->all)); });
    return answer.answer();
}

// ---- handlers

listener namespace_::add_handler(std::shared_ptr<event_handler> handler) const {
    if (is_reserved_server_event(handler->event()))
        throw std::invalid_argument("no server sends \"" + handler->event() +
                                    "\"; the handler of a connection takes a socket");
    return core_->add_handler(std::move(handler));
}

listener namespace_::on_connection_event(std::string_view event, welcome handler, bool once) const {
    if (event != "connection" && event != "connect")
        throw std::invalid_argument(
            "only \"connection\" has a handler that takes a socket, not \"" + std::string(event) +
            '"');
    return core_->add_welcome(std::move(handler), once);
}

// A coroutine's lambda, and what its parameters refer to, must live for as long as it runs.

namespace_::welcome namespace_::begin_welcome(std::function<task<>(const socket&)> handler) const {
    const auto kept = std::make_shared<std::function<task<>(const socket&)>>(std::move(handler));
    return [kept, &server = core_->server()](const socket& s) {
        start(detail::keep_while_running([kept, s] { return (*kept)(s); }),
              server.of_handler("connection"));
    };
}

namespace_::connect_step
namespace_::begin_step(std::function<task<>(const socket&, const connect_next&)> step) const {
    const auto kept = std::make_shared<std::function<task<>(const socket&, const connect_next&)>>(
        std::move(step));
    return [kept, &server = core_->server()](const socket& s, const connect_next& next) {
        start(detail::keep_while_running([kept, s, next] { return (*kept)(s, next); }),
              [next, failed = server.of_handler("a middleware")](const std::exception_ptr& why) {
                  failed(why);
                  next(failed_middleware());
              });
    };
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
    core_->rooms().add_listener([&nsp = *core_, seen = std::move(seen)](const room_event& event) {
        try {
            seen(event);
        } catch (...) { // a socket that is leaving has more to do
            nsp.server().on_failure(nsp.name(), "on_room", std::current_exception());
        }
    });
}

namespace_ namespace_::add_step(connect_step step) const {
    core_->add_step(std::move(step));
    return *this;
}

// ---- sending

broadcast_operator namespace_::everyone() const {
    return {core_, {}, {}};
}

void namespace_::emit_to_servers(emission what) const {
    check_server_event_name(what.event);
    if (!what.answered) return adapter_of(*core_).server_side_emit(std::move(what.event));
    adapter_of(*core_).server_side_emit_with_ack(
        std::move(what.event), answer_here(core_, std::move(what.answered), false));
}

pending<array> namespace_::server_side_emit_array_with_ack(array event) const {
    check_server_event_name(event);
    const resolver<array> answer(core_->shards());
    adapter_of(*core_).server_side_emit_with_ack(
        std::move(event), [answer](std::string error, array responses) {
            answer.complete({std::move(error), std::move(responses)});
        });
    return answer.answer();
}

socketio::adapter& namespace_::adapter() const {
    return adapter_of(*core_);
}

} // namespace sockeye::socketio
