#include "socket_core.hpp"

#include "client.hpp"
#include "encoded_event.hpp"
#include "first_call.hpp"
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

} // namespace

connect_refusal failed_middleware() {
    return {"Internal error"};
}

socket_core::socket_core(client& owner, std::shared_ptr<namespace_core> nsp, value auth,
                         const restored_session& former)
    : owner_(&owner), nsp_(std::move(nsp)), shard_(owner.session().shard()),
      version_2_(owner.is_version_2()), recovers_(nsp_->adapter().recovers() && !version_2_),
      recovered_(former.outcome == recovery_outcome::recovered),
      id_(make_id(owner, *nsp_, former)) {
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
        if (!owner_) return; // its connection ended meanwhile
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
    return room.size() <= options.max_room_name_length &&
           room_count() < options.max_rooms_per_socket;
}

// Logged once a socket: a client may cause as many as it likes.
void socket_core::report_refused(std::size_t rooms) {
    server().counters(shard_).rooms_refused.add(rooms);
    if (std::exchange(refusal_logged_, true)) return;
    server().log(engineio::log_level::warning,
                 name_for_log() + ": " + std::to_string(rooms) +
                     " of the rooms were not joined: their names are too long, or the socket is in "
                     "too many");
}

void socket_core::join(const std::vector<std::string>& rooms) {
    if (status_ == status::gone) return;
    std::size_t refused = 0;
    for (const std::string& room : rooms) {
        if (room != id_ && !may_join(room)) {
            ++refused;
            continue;
        }
        const bool joined =
            room == id_ ? !in_own_room_.exchange(true) : part().rooms().join(*this, room);
        if (!joined) continue;
        if (nsp_->rooms().wanted()) nsp_->rooms().joined(room, id_);
        if (observer* const sees = server().observed_by()) sees->on_join(*this, room);
    }
    if (refused > 0) report_refused(refused);
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
