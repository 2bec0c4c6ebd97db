#include "socket_core.hpp"

#include "client.hpp"
#include "codec/event_names.hpp"
#include "codec/json.hpp"
#include "encoded_event.hpp"
#include "handshake.hpp"
#include "server_core.hpp"

#include <sockeye/engineio/random_id.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace sockeye::socketio {
namespace {

// Version 2 clients know themselves by their session's id.
std::string make_id(client& owner, const namespace_core& nsp, const restored_session& former) {
    if (former.outcome == recovery_outcome::recovered) return former.session.id;
    if (!owner.is_version_2()) return engineio::random_id();
    const std::string& session = owner.session().id();
    return nsp.name() == "/" ? session : nsp.name() + '#' + session;
}

// Ends after which the client may come back and go on.
bool is_recoverable(std::string_view reason) {
    return reason != "parse error" && reason != "client namespace disconnect" &&
           reason != "server namespace disconnect";
}

// An event's name may be a number on the wire.
void name_by_text(array& event) {
    if (event.front().is_string()) return;
    std::string name;
    append_json(name, event.front());
    event.front() = std::move(name);
}

// Tells the first call of a `next` from those that must not count.
std::function<bool()> first_call() {
    return
        [called = std::make_shared<std::atomic<bool>>(false)] { return !called->exchange(true); };
}

} // namespace

connect_refusal failed_middleware() {
    return {"Internal error"};
}

// An event that a middleware may be holding on to.
struct socket_core::dispatch_state {
    array arguments;
    ack_sender reply;
    std::vector<event_step> steps; // as they were when the event came
};

// The way back for a client that asked to be answered.
class socket_core::reply_path final : public reply_channel {
public:
    reply_path(std::shared_ptr<socket_core> to, std::uint64_t id) : to_(std::move(to)), id_(id) {}

private:
    void deliver(array answer) override {
        if (to_->is_here()) return to_->answer(id_, std::move(answer));
        to_->run([id = id_, answer = std::move(answer)](socket_core& s) mutable {
            s.answer(id, std::move(answer));
        });
    }

    const std::shared_ptr<socket_core> to_;
    const std::uint64_t id_;
};

socket_core::socket_core(client& owner, std::shared_ptr<namespace_core> nsp, value auth,
                         const restored_session& former)
    : id_(make_id(owner, *nsp, former)), nsp_(std::move(nsp)), owner_(&owner),
      shard_(owner.session().shard()), version_2_(owner.is_version_2()),
      recovers_(nsp_->adapter().recovers() && !version_2_),
      recovered_(former.outcome == recovery_outcome::recovered) {
    if (auth.is_object() && !auth.as_object().empty()) extra().auth = std::move(auth);
}

void socket_core::run(std::function<void(socket_core&)> task) {
    server().run_on(shard_, [self = shared_from_this(), task = std::move(task)] {
        if (self->owner_) task(*self);
    });
}

socket_core::extras& socket_core::extra() {
    if (!extras_) extras_ = std::make_unique<extras>(server().shards());
    return *extras_;
}

std::string socket_core::name_for_log() const {
    return "socket " + id_.substr(0, 6) + "… of " + nsp_->name();
}

// ---- coming

void socket_core::start(restored_session& former) {
    const auto rules = nsp_->rules();
    if (recovers_)
        extra().private_id = recovered_ ? former.session.private_id : engineio::random_id();
    if (recovered_) {
        restore(former);
        if (!owner_) return; // cut, since it does not read what it missed
        if (server().options().recovery->skip_middlewares) return connect();
    }
    run_connect_steps(rules, 0);
}

// From here on broadcasts reach it; the client keeps what comes ahead of the CONNECT reply.
void socket_core::restore(restored_session& former) {
    data() = std::move(former.session.data);
    join(former.session.rooms);
    part().add(*this);
    for (const prepared_event_ptr& missed : former.missed) {
        const auto& event = static_cast<const encoded_event&>(*missed);
        send_event(event.event(), event.share(), false);
    }
}

void socket_core::run_connect_steps(const namespace_core::rules_ptr& rules, std::size_t next) {
    if (next >= rules->steps.size()) return connect();
    const auto self = shared_from_this();
    try {
        rules->steps[next](socket(self), [self, rules, next, first = first_call()](
                                             std::optional<connect_refusal> error) {
            if (!first()) return;
            self->run([rules, next, error = std::move(error)](socket_core& s) {
                if (s.status_ != status::joining) return;
                if (error) return s.refuse(*error);
                s.run_connect_steps(rules, next + 1);
            });
        });
    } catch (const std::exception& error) {
        server().counters().handler_exceptions.add();
        server().log(engineio::log_level::error,
                     name_for_log() +
                         ": exception out of a connection middleware: " + error.what());
        if (owner_ && status_ == status::joining) refuse(failed_middleware());
    }
}

void socket_core::refuse(const connect_refusal& why) {
    const auto keep = shared_from_this();
    packet refusal{.type = packet_type::connect_error, .nsp = nsp_->name()};
    if (version_2_) {
        refusal.data = why.data.is_null() ? value(why.message) : why.data;
    } else {
        object told{{"message", why.message}};
        if (!why.data.is_null()) told["data"] = why.data;
        refusal.data = std::move(told);
    }
    server().counters().connects_refused.add();
    leave_all_rooms();
    part().remove(*this);
    status_ = status::gone;
    owner_->send(refusal);
    std::exchange(owner_, nullptr)->forget(*this);
    drop_what_the_application_gave();
    server().namespaces().leave(*nsp_);
}

void socket_core::connect() {
    owner_->send(connect_reply());
    if (!owner_) return; // cut: nobody is told of a client that never was there
    status_ = status::connected;
    if (!recovered_) part().add(*this);
    join({id_});
    owner_->on_joined();
    server().counters().connects.add();
    server().counters().sockets.add();
    ++nsp_->sockets;
    if (observer* const sees = server().observed_by()) sees->on_connect(*this);
    welcome();
}

packet socket_core::connect_reply() {
    packet reply{.type = packet_type::connect, .nsp = nsp_->name()};
    if (version_2_) return reply;
    object ids{{"sid", id_}};
    if (recovers_) ids["pid"] = extra().private_id;
    reply.data = std::move(ids);
    return reply;
}

void socket_core::welcome() {
    const auto self = shared_from_this();
    const auto rules = nsp_->take_rules();
    for (const auto& welcome : rules->handlers) {
        try {
            welcome.handler(socket(self));
        } catch (const std::exception& error) {
            server().counters().handler_exceptions.add();
            server().log(engineio::log_level::error,
                         name_for_log() +
                             ": exception out of a connection handler: " + error.what());
        }
    }
}

// ---- events in

void socket_core::on_event(packet& event) {
    array arguments = event.data.is_array() ? std::move(event.data.as_array()) : array{};
    if (arguments.empty()) return; // an event without a name
    name_by_text(arguments);
    server().counters().events_in.add();
    ack_sender reply_to;
    if (event.id)
        reply_to = ack_sender(std::make_shared<reply_path>(shared_from_this(), *event.id));
    if (observer* const sees = server().observed_by()) sees->on_event_in(*this, arguments);
    if (extras_ && !extras_->any.empty()) show(extras_->any, arguments, reply_to);
    if (extras_ && !extras_->steps.empty()) {
        auto state = std::make_shared<dispatch_state>(
            dispatch_state{std::move(arguments), std::move(reply_to), extras_->steps});
        return run_steps(state, 0);
    }
    incoming_event incoming{arguments, std::move(reply_to), true, &server()};
    dispatch(incoming);
}

void socket_core::run_steps(const std::shared_ptr<dispatch_state>& state, std::size_t next) {
    if (next == state->steps.size()) {
        incoming_event incoming{state->arguments, state->reply, true, &server()};
        return dispatch(incoming);
    }
    const auto self = shared_from_this();
    incoming_event seen{state->arguments, state->reply, false, &server()};
    try {
        state->steps[next](
            seen, [self, state, next, first = first_call()](std::optional<std::string> error) {
                if (!first()) return;
                self->run([state, next, error](socket_core& s) {
                    if (!s.connected()) return;
                    if (error) return s.report(array{"error", *error});
                    s.run_steps(state, next + 1);
                });
            });
    } catch (const std::exception& error) {
        server().counters().handler_exceptions.add();
        server().log(engineio::log_level::error,
                     name_for_log() + ": exception out of a middleware: " + error.what());
    }
}

// Catch-all listeners, under the name that stands for all of them.
void socket_core::show(listener_list& to, array& event, const ack_sender& reply) {
    const auto called = to.take({});
    for (std::size_t i = 0; i < called.size(); ++i) {
        incoming_event seen{event, reply, false, &server()};
        server().call(called[i], seen, name_for_log());
    }
}

void socket_core::dispatch(incoming_event& event) {
    const auto called = handlers_.take(event.arguments.front().as_string());
    if (called.empty()) return server().counters().events_unhandled.add();
    for (std::size_t i = 0; i < called.size(); ++i) {
        event.last_handler = i + 1 == called.size();
        server().call(called[i], event, nsp_->name());
    }
}

void socket_core::report(array event) {
    if (handlers_.empty()) return;
    incoming_event incoming{event, {}, true, &server()};
    dispatch(incoming);
}

void socket_core::answer(std::uint64_t id, array with) {
    if (!owner_) return;
    server().counters(shard_).encodes.add();
    owner_->send(
        {.type = packet_type::ack, .nsp = nsp_->name(), .id = id, .data = std::move(with)});
}

void socket_core::on_ack(packet& answer) {
    auto& counters = server().counters();
    counters.acks_in.add();
    array arguments = answer.data.is_array() ? std::move(answer.data.as_array()) : array{};
    if (!extras_ || !answer.id || !extras_->acks.answer(*answer.id, std::move(arguments)))
        counters.acks_unknown.add();
}

// ---- events out

void socket_core::emit(emission what, const emit_flags& flags) {
    check_event_name(what.event);
    if (is_here()) return emit_here(std::move(what), flags);
    if (!what.answered && is_logged(flags)) return log(std::move(what.event), flags);
    server().shards().post(shard_, [self = shared_from_this(), what = std::move(what),
                                    flags]() mutable { self->emit_here(std::move(what), flags); });
}

void socket_core::emit_here(emission what, const emit_flags& flags) {
    if (what.answered) return ask_here(std::move(what), flags);
    if (is_logged(flags)) return log(std::move(what.event), flags);
    if (owner_) send_packet(std::move(what.event), std::nullopt, flags);
}

void socket_core::ask_here(emission what, const emit_flags& flags) {
    auto finish = told(std::move(what.answered));
    if (!owner_) return finish({"the client has disconnected"}, {});
    const std::uint64_t id = nsp_->next_ack_id();
    if (expect_ack(id, flags.timeout, finish))
        send_packet(std::move(what.event), id, flags);
    else
        finish({"too many unanswered acknowledgements"}, {});
}

// What is to be there for a client that comes back must go through the log, at once, so that it
// keeps its place among a thread's broadcasts. While a client is joining, nothing is.
bool socket_core::is_logged(const emit_flags& flags) const {
    return recovers_ && !flags.volatile_ &&
           (status_ == status::gone || (connected() && in_own_room_));
}

void socket_core::log(array event, const emit_flags& flags) {
    nsp_->adapter().broadcast(std::move(event), {.rooms = {id_}, .except = {}}, flags);
}

void socket_core::send_packet(array event, std::optional<std::uint64_t> ack_id,
                              const emit_flags& flags) {
    auto& counters = server().counters(shard_);
    counters.emits.add();
    counters.encodes.add();
    const packet made{.nsp = nsp_->name(), .id = ack_id, .data = std::move(event)};
    send_event(made.data.as_array(), encode_for_one(server().packets(), made, flags.compress),
               flags.volatile_);
}

void socket_core::send_event(const array& event, std::span<const engineio::outgoing_ptr> packets,
                             bool volatile_) {
    if (!owner_ || status_ == status::gone) return;
    if (observer* const sees = server().observed_by()) sees->on_event_out(*this, event);
    if (extras_ && !extras_->outgoing.empty()) {
        array shown = event;
        show(extras_->outgoing, shown, {});
        if (!owner_) return;
    }
    owner_->send(packets, volatile_);
}

bool socket_core::expect_ack(std::uint64_t id, std::optional<milliseconds> timeout,
                             ack_table::finish then) {
    if (extra().acks.size() >= server().options().max_pending_acks) {
        server().counters(shard_).acks_refused.add();
        return false;
    }
    extras_->acks.add(id, timeout, std::move(then));
    return true;
}

// The callback of an acknowledgement, with what it may do wrong.
ack_table::finish socket_core::told(ack_callback answered) {
    return [self = weak_from_this(), &in = server(),
            answered = std::move(answered)](ack_error error, array answer) {
        auto& counters = in.counters();
        if (error.message == "operation has timed out") counters.acks_timed_out.add();
        std::string wrong;
        try {
            const auto unfit = answered(std::move(error), std::move(answer));
            if (!unfit) return;
            counters.argument_mismatches.add();
            wrong = unfit->describe("an acknowledgement");
        } catch (const std::exception& thrown) {
            counters.handler_exceptions.add();
            wrong = std::string("exception out of an acknowledgement's handler: ") + thrown.what();
        }
        const auto alive = self.lock();
        in.log(engineio::log_level::error, (alive ? alive->name_for_log() + ": " : "") + wrong);
    };
}

// ---- what the application does

// Of one that has gone nothing is taken: it would hold handles, which hold this, for ever.

listener socket_core::add_listener(listener_list& to, std::shared_ptr<event_handler> one,
                                   bool first) {
    return status_ == status::gone ? listener() : to.add(std::move(one), first);
}

void socket_core::add_step(event_step step) {
    if (status_ != status::gone) extra().steps.push_back(std::move(step));
}

bool socket_core::may_join(const std::string& room) {
    const auto& options = server().options();
    if (room.size() <= options.max_room_name_length && room_count() < options.max_rooms_per_socket)
        return true;
    server().counters(shard_).rooms_refused.add();
    server().log(engineio::log_level::warning,
                 name_for_log() + ": a room was not joined: its name is too long, or the socket is "
                                  "in too many");
    return false;
}

void socket_core::join(const std::vector<std::string>& rooms) {
    if (status_ == status::gone) return;
    for (const std::string& room : rooms) {
        if (room != id_ && !may_join(room)) continue;
        const bool joined =
            room == id_ ? !in_own_room_.exchange(true) : part().rooms().join(*this, room);
        if (!joined) continue;
        if (nsp_->rooms().wanted()) nsp_->rooms().joined(room, id_);
        if (observer* const sees = server().observed_by()) sees->on_join(*this, room);
    }
}

void socket_core::leave(const std::string& room) {
    const bool left =
        room == id_ ? in_own_room_.exchange(false) : part().rooms().leave(*this, room);
    if (left) tell_of_leaving(room);
}

void socket_core::tell_of_leaving(const std::string& room) {
    if (nsp_->rooms().wanted()) nsp_->rooms().left(room, id_);
    if (observer* const sees = server().observed_by()) sees->on_leave(*this, room);
}

void socket_core::leave_all_rooms() {
    if (nsp_->rooms().wanted() || server().observed_by())
        for (const std::string& room : rooms())
            tell_of_leaving(room);
    in_own_room_ = false;
    part().rooms().leave_all(*this);
}

std::vector<std::string> socket_core::rooms() const {
    std::vector<std::string> names;
    if (in_own_room_) names.push_back(id_);
    const auto joined = room_names();
    names.insert(names.end(), joined.begin(), joined.end());
    return names;
}

const handshake& socket_core::handshake() {
    auto& kept = extra().handshake;
    if (!kept)
        kept = owner_ ? make_handshake(owner_->session(), extra().auth) : socketio::handshake{};
    return *kept;
}

socket_details socket_core::details() {
    socket_details told{id_, handshake(), rooms(), data()};
    if (observer* const sees = server().observed_by()) sees->on_describe(*this, told);
    return told;
}

value& socket_core::data_for_application() {
    observer* const sees = owner_ ? server().observed_by() : nullptr;
    if (sees) sees->on_data(*this);
    return data();
}

engineio::session* socket_core::session() const {
    return owner_ ? &owner_->session() : nullptr;
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
    if (!owner_ || status_ == status::leaving || status_ == status::gone) return;
    const auto keep = shared_from_this();
    const bool was_connected = connected();
    const std::string why(reason), more(detail);
    if (was_connected) {
        status_ = status::leaving;
        report(array{"disconnecting", why, more});
        if (observer* const sees = server().observed_by()) sees->on_disconnect(*this, why);
        persist(why);
        server().counters().sockets.sub();
        --nsp_->sockets;
    } else if (recovered_) {
        persist(why); // it was about to come back, and may still
    }
    leave_all_rooms();
    part().remove(*this);
    status_ = status::gone;
    owner_->forget(*this);
    if (was_connected) report(array{"disconnect", why, more});
    owner_ = nullptr;
    drop_what_the_application_gave();
    server().namespaces().leave(*nsp_);
}

void socket_core::persist(std::string_view reason) {
    if (!recovers_ || !is_recoverable(reason)) return;
    server().counters().sessions_saved.add();
    nsp_->adapter().persist_session({id_, extra().private_id, rooms(), data()});
}

// Handlers hold handles, which hold this.
void socket_core::drop_what_the_application_gave() {
    handlers_.clear();
    if (!extras_) return;
    extras_->acks.fail_all("the client has disconnected");
    extras_->any.clear();
    extras_->outgoing.clear();
    extras_->steps.clear();
}

} // namespace sockeye::socketio
