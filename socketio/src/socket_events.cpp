// The part of socket_core that events pass through, in and out.
#include "client.hpp"
#include "codec/event_names.hpp"
#include "codec/json.hpp"
#include "encoded_event.hpp"
#include "first_call.hpp"
#include "server_core.hpp"
#include "socket_core.hpp"

#include <exception>
#include <utility>

namespace sockeye::socketio {
namespace {

// An event's name may be a number on the wire.
void name_by_text(array& event) {
    if (event.front().is_string()) return;
    std::string name;
    append_json(name, event.front());
    event.front() = std::move(name);
}

} // namespace

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

// ---- events in

void socket_core::on_event(packet& event) {
    array* const arguments = event.data.get_if<array>();
    if (!arguments || arguments->empty()) return; // an event without a name
    name_by_text(*arguments);
    server().counters().events_in.add();
    ack_sender reply_to;
    if (event.id)
        reply_to = ack_sender(std::make_shared<reply_path>(shared_from_this(), *event.id));
    if (observer* const sees = server().observed_by()) sees->on_event_in(*this, *arguments);
    if (extras_ && !extras_->any.empty()) show(extras_->any, *arguments, reply_to);
    if (extras_ && !extras_->steps.empty()) {
        auto state = std::make_shared<dispatch_state>(
            dispatch_state{std::move(*arguments), std::move(reply_to), extras_->steps});
        return run_steps(state, 0);
    }
    incoming_event incoming{*arguments, std::move(reply_to), true, &server()};
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
                    if (s.status_ != status::connected) return; // once it leaves, too
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

void socket_core::look_ahead() const {
    if (owner_) owner_->session().look_ahead();
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

} // namespace sockeye::socketio
