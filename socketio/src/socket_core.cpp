#include "socket_core.hpp"

#include "client.hpp"
#include "handshake.hpp"
#include "server_core.hpp"

#include <sockeye/engineio/random_id.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

namespace sockeye::socketio {
namespace {

// Version 2 clients know themselves by their session's id.
std::string make_id(client& owner, const namespace_core& nsp) {
    const engineio::session& session = owner.session();
    if (session.revision() == engineio::protocol::v4) return engineio::random_id();
    return nsp.name() == "/" ? session.id() : nsp.name() + '#' + session.id();
}

} // namespace

// An event that a middleware may be holding on to.
struct socket_core::dispatch_state {
    array arguments;
    ack_sender reply;
    decltype(extras::steps) steps; // as they were when the event came
};

socket_core::socket_core(client& owner, std::shared_ptr<namespace_core> nsp, value auth)
    : id_(make_id(owner, *nsp)), nsp_(std::move(nsp)), owner_(&owner), auth_(std::move(auth)),
      shard_(owner.session().shard()) {}

void socket_core::run(std::function<void(socket_core&)> task) {
    nsp_->server().run_on(shard_, [self = shared_from_this(), task = std::move(task)] {
        if (self->owner_) task(*self);
    });
}

socket_core::extras& socket_core::extra() {
    if (!extras_) extras_ = std::make_unique<extras>();
    return *extras_;
}

void socket_core::log_error(const std::string& what) {
    nsp_->server().log(engineio::log_level::error,
                       "socket " + id_.substr(0, 6) + "… of " + nsp_->name() + ": " + what);
}

// ---- coming

void socket_core::start() {
    run_connect_steps(0);
}

void socket_core::run_connect_steps(std::size_t next) {
    const auto steps = nsp_->steps();
    if (next >= steps.size()) return connect();
    const auto self = shared_from_this();
    try {
        steps[next](socket(self), [self, next](std::optional<connect_refusal> error) {
            self->run([next, error = std::move(error)](socket_core& s) {
                if (s.status_ != status::joining) return;
                if (error) return s.refuse(*error);
                s.run_connect_steps(next + 1);
            });
        });
    } catch (const std::exception& error) {
        log_error(std::string("exception out of a connection middleware: ") + error.what());
        refuse({error.what(), {}});
    }
}

void socket_core::refuse(const connect_refusal& why) {
    const auto keep = shared_from_this();
    packet refusal{.type = packet_type::connect_error, .nsp = nsp_->name()};
    if (owner_->session().revision() == engineio::protocol::v3) {
        refusal.data = why.data.is_null() ? value(why.message) : why.data;
    } else {
        object told{{"message", why.message}};
        if (!why.data.is_null()) told["data"] = why.data;
        refusal.data = std::move(told);
    }
    part().rooms().leave_all(*this);
    status_ = status::gone;
    client* const owner = std::exchange(owner_, nullptr);
    owner->send(refusal);
    owner->forget(*this);
}

void socket_core::connect() {
    status_ = status::connected;
    part().add(*this);
    packet reply{.type = packet_type::connect, .nsp = nsp_->name()};
    if (owner_->session().revision() == engineio::protocol::v4) reply.data = object{{"sid", id_}};
    owner_->send(reply);
    const auto self = shared_from_this();
    for (const auto& handler : nsp_->handlers()) {
        try {
            handler(socket(self));
        } catch (const std::exception& error) {
            log_error(std::string("exception out of on_connection: ") + error.what());
        }
    }
}

// ---- events in

void socket_core::on_event(packet& event) {
    array arguments = event.data.is_array() ? std::move(event.data.as_array()) : array{};
    ack_sender reply = event.id ? make_reply(*event.id) : ack_sender();
    if (extras_ && (!extras_->any.empty() || !extras_->steps.empty())) {
        incoming_event seen{arguments, reply, false};
        const auto any = extras_->any;
        for (const auto& listener : any)
            listener(seen);
        if (!extras_->steps.empty()) {
            auto state = std::make_shared<dispatch_state>(
                dispatch_state{std::move(arguments), std::move(reply), extras_->steps});
            return run_steps(state, 0);
        }
    }
    incoming_event incoming{arguments, std::move(reply)};
    dispatch(incoming);
}

void socket_core::run_steps(const std::shared_ptr<dispatch_state>& state, std::size_t next) {
    if (next == state->steps.size()) {
        incoming_event incoming{state->arguments, state->reply};
        return dispatch(incoming);
    }
    const auto self = shared_from_this();
    incoming_event seen{state->arguments, state->reply, false};
    state->steps[next](seen, [self, state, next](std::optional<std::string> error) {
        self->run([state, next, error](socket_core& s) {
            if (!s.connected()) return;
            if (error) return s.report(array{"error", *error});
            s.run_steps(state, next + 1);
        });
    });
}

void socket_core::dispatch(incoming_event& event) {
    if (event.arguments.empty() || !event.arguments.front().is_string()) return;
    // Copies: a handler may add and remove handlers, this one included, and move the arguments.
    const std::string name = event.arguments.front().as_string();
    std::vector<std::shared_ptr<event_handler>> called;
    for (const event_listener& l : listeners_)
        if (l.event == name) called.push_back(l.handler);
    if (called.empty()) return;
    std::erase_if(listeners_, [&](const event_listener& l) { return l.once && l.event == name; });
    for (std::size_t i = 0; i < called.size(); ++i) {
        event.last_handler = i + 1 == called.size();
        call(name, *called[i], event);
    }
}

void socket_core::call(std::string_view event, const event_handler& handler, incoming_event& with) {
    try {
        if (const auto wrong = handler(with)) {
            const std::string text = wrong->describe(event);
            log_error(text);
            if (with.reply) with.reply.send(array{object{{"error", text}}});
        }
    } catch (const std::exception& error) {
        log_error("exception out of the handler of \"" + std::string(event) +
                  "\": " + error.what());
    }
}

void socket_core::report(array event) {
    incoming_event incoming{event, {}};
    dispatch(incoming);
}

ack_sender socket_core::make_reply(std::uint64_t id) {
    return ack_sender([self = shared_from_this(), id](array answer) {
        self->run([id, answer = std::move(answer)](socket_core& s) {
            s.owner_->send(
                {.type = packet_type::ack, .nsp = s.nsp_->name(), .id = id, .data = answer});
        });
    });
}

void socket_core::on_ack(packet& answer) {
    if (!answer.id) return;
    array arguments = answer.data.is_array() ? std::move(answer.data.as_array()) : array{};
    finish_ack(*answer.id, {{}, std::move(arguments)});
}

void socket_core::finish_ack(std::uint64_t id, ack_result result) {
    if (!extras_) return;
    const auto found = extras_->acks.find(id);
    if (found == extras_->acks.end()) return; // answered already, or never asked
    const auto then = std::move(found->second);
    extras_->acks.erase(found);
    try {
        then(std::move(result));
    } catch (const std::exception& error) {
        log_error(std::string("exception out of an acknowledgement's handler: ") + error.what());
    }
}

// ---- what the application does

void socket_core::add_handler(std::string event, event_handler handler, bool once) {
    listeners_.push_back(
        {std::move(event), std::make_shared<event_handler>(std::move(handler)), once});
}

void socket_core::remove_handlers(std::string_view event) {
    std::erase_if(listeners_, [&](const event_listener& l) { return l.event == event; });
}

void socket_core::add_listener(std::function<void(incoming_event&)> listener) {
    extra().any.push_back(std::move(listener));
}

void socket_core::add_step(std::function<void(incoming_event&, socket::next_function)> step) {
    extra().steps.push_back(std::move(step));
}

void socket_core::send_packets(std::span<const engineio::outgoing_ptr> packets, bool volatile_) {
    if (owner_) owner_->session().send(packets, volatile_);
}

void socket_core::emit(array event, std::optional<std::uint64_t> ack_id, emit_flags flags) {
    if (!owner_) return;
    std::vector<engineio::outgoing_ptr> messages;
    for (const wire_message& wire : nsp_->server().packets().encode(
             {.nsp = nsp_->name(), .id = ack_id, .data = std::move(event)}))
        messages.push_back(engineio::outgoing::make(engineio::packet_type::message, wire.data,
                                                    wire.binary, flags.compress));
    owner_->session().send(messages, flags.volatile_);
}

void socket_core::emit_with_ack(array event, std::optional<milliseconds> timeout,
                                std::function<void(ack_result)> then) {
    server_core& server = nsp_->server();
    if (extra().acks.size() >= server.options().max_pending_acks)
        return then({"too many unanswered acknowledgements", {}});
    const std::uint64_t id = nsp_->next_ack_id();
    extra().acks.emplace(id, std::move(then));
    if (timeout)
        server.shards().post_after(shard_, *timeout, [weak = weak_from_this(), id] {
            if (const auto self = weak.lock())
                self->finish_ack(id, {"operation has timed out", {}});
        });
    emit(std::move(event), id, {});
}

void socket_core::join(const std::string& room) {
    if (room != id_) part().rooms().join(*this, room);
}

void socket_core::leave(const std::string& room) {
    part().rooms().leave(*this, room);
}

std::vector<std::string> socket_core::rooms() const {
    if (!owner_) return {};
    std::vector<std::string> names{id_};
    const auto joined = room_names();
    names.insert(names.end(), joined.begin(), joined.end());
    return names;
}

const handshake& socket_core::handshake() {
    auto& kept = extra().handshake;
    if (!kept) kept = owner_ ? make_handshake(owner_->session(), auth_) : socketio::handshake{};
    return *kept;
}

// ---- going

void socket_core::disconnect(bool close_connection) {
    if (!owner_ || status_ != status::connected) return;
    const auto keep = shared_from_this();
    if (close_connection) return owner_->close_all();
    owner_->send({.type = packet_type::disconnect, .nsp = nsp_->name()});
    close("server namespace disconnect", {});
}

void socket_core::close(std::string_view reason, std::string_view detail) {
    if (!owner_) return;
    const auto keep = shared_from_this();
    const bool was_connected = connected();
    const std::string why(reason), more(detail);
    if (was_connected) report(array{"disconnecting", why, more});
    part().rooms().leave_all(*this);
    part().remove(*this);
    status_ = status::gone;
    std::exchange(owner_, nullptr)->forget(*this);
    if (was_connected) report(array{"disconnect", why, more});
    listeners_.clear(); // handlers hold handles, which hold this
    if (!extras_) return;
    const auto unanswered = std::exchange(extras_->acks, {});
    for (const auto& [id, then] : unanswered)
        then({"the client has disconnected", {}});
    extras_->any.clear();
    extras_->steps.clear();
}

std::string socket_core::transport() const {
    return owner_ ? std::string(engineio::name(owner_->session().transport())) : std::string();
}

} // namespace sockeye::socketio
