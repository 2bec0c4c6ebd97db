#include "support/application.hpp"

#include "namespace_directory.hpp"
#include "server_core.hpp"
#include "support/require.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace sockeye::socketio {
namespace {

using namespace std::chrono_literals;

// Somebody who must be told exactly once.
class waiting {
public:
    waiting() = default;
    waiting(const waiting&) = delete;
    ~waiting() { require(told_); }
    void tell() { require(!std::exchange(told_, true)); }

private:
    bool told_ = false;
};

bool is_version_2(const socket& s) {
    engineio::session* const carrier = s.connection();
    return carrier && carrier->revision() == engineio::protocol::v3;
}

} // namespace

application::application(script& tells, server_core& server, engineio::http_server_impl& host,
                         unsigned choice)
    : script_(tells), server_(server), host_(host), choice_(choice) {
    auto& all = server_.namespaces();
    const namespace_ chat(all.of("/chat"));
    const namespace_ children(all.add_parent(
        [this](const std::string& name, const value&, std::function<void(bool)> answer) {
            hold_or(name.starts_with("/child"), std::move(answer));
        }));
    for (const namespace_& nsp : {namespace_(all.of("/")), chat, children})
        nsp.on_connection([this](const socket& s) { welcome(s); });
    for (const namespace_& nsp : {chat, children})
        nsp.use(
            [this](const socket& s, const namespace_::connect_next& next) { at_door(s, next); });
}

// On a shard's thread, or on one of its own.
void application::act_somewhere(std::uint8_t byte) {
    const unsigned where = script_.take() % 3;
    host_.on(where == 2 ? engineio::shards::none : where, [&] { act(byte); });
}

void application::come_back(bool may_throw) {
    if (depth_ == 3 || !script_.comes_back()) return;
    ++depth_;
    const bool outer = std::exchange(may_throw_, may_throw);
    const auto leave = [&] {
        --depth_;
        may_throw_ = outer;
    };
    try {
        act(script_.take());
    } catch (const std::exception&) {
        leave();
        throw;
    }
    leave();
}

void application::act(std::uint8_t byte) {
    const unsigned detail = byte >> 4 & 7;
    if ((byte & 7) == 4) return settle(detail & 1);
    const life_ptr who = some_life();
    if (!who) return;
    switch (byte & 7) {
    case 0:
        return emit(who->self, detail);
    case 1:
        return broadcast(who->self, detail);
    case 2:
        return move(who->self, detail);
    case 3:
        return disconnect(who->self, detail);
    case 5:
        return ask_server(who->self.nsp(), detail);
    case 6:
        return look_at(who, detail);
    default:
        if (may_throw_) throw std::runtime_error("thrown by the application");
    }
}

life_ptr application::some_life() {
    return lives_.empty() ? nullptr : lives_[script_.take() % lives_.size()];
}

// Those that are not logged for recovery may be overtaken by those that are.
array application::event(bool logged) {
    const bool in_order = depth_ == 0 && host_.current() == engineio::shards::none &&
                          (logged || !server_.options().recovery);
    return {"told", ++last_number_, in_order};
}

std::function<void(ack_error)> application::answered(bool may_throw) {
    return [this, may_throw, told = std::make_shared<waiting>()](const ack_error&) {
        told->tell();
        come_back(may_throw);
    };
}

void application::emit(const socket& to, unsigned detail) {
    const bool asks = detail & 2;
    const bool volatile_ = !asks && (detail & 4);
    emission what{event(!asks && !volatile_ && !is_version_2(to))};
    if (detail & 1) what.event.emplace_back(binary{"bytes"});
    if (asks)
        what.answered = [told = answered(true)](ack_error error, const array&) {
            told(std::move(error));
            return std::nullopt;
        };
    emit_flags flags;
    flags.volatile_ = volatile_;
    if (detail == 6) flags.timeout = 2s;
    to.emit_event(std::move(what), flags);
}

void application::broadcast(const socket& from, unsigned detail) {
    const namespace_ nsp = from.nsp();
    switch (detail) {
    case 0:
        return nsp.everyone().emit_array(event(true));
    case 1:
        return nsp.to("a").emit_array(event(true));
    case 2:
        return nsp.except("a").emit_array(event(true));
    case 3:
        return nsp.volatile_().emit_array(event(false));
    case 4:
        return from.to({"a", "b"}).emit_array(event(true));
    case 5:
        return nsp.to(from.id()).emit_array(event(true));
    default:
        const auto everyone = detail == 6 ? nsp.everyone() : nsp.timeout(2s);
        everyone.emit_array_with_ack(event(false))
            .then([told = answered(false)](const outcome<array>& all) { told({all.error}); });
    }
}

void application::move(const socket& who, unsigned detail) {
    const std::string room = detail & 1 ? "a" : "b";
    switch (detail >> 1) {
    case 0:
        return who.join({room, "c"});
    case 1:
        return who.leave(room);
    case 2:
        return who.nsp().to(who.id()).sockets_join(room);
    default:
        return detail & 1 ? who.leave(who.id()) : who.nsp().to(room).sockets_leave(room);
    }
}

void application::disconnect(const socket& who, unsigned detail) {
    if (detail < 4) return who.disconnect(detail == 0);
    if (detail < 7) return who.nsp().to("a").disconnect_sockets(detail == 6);
    if (!std::exchange(closed_, true)) server_.close();
}

void application::ask_server(const namespace_& nsp, unsigned detail) {
    const auto told = answered(false);
    if (detail & 1)
        nsp.fetch_sockets().then([told](const auto& found) { told({found.error}); });
    else
        nsp.sockets().then([told](const auto& found) { told({found.error}); });
}

// What is allowed on the socket's own thread only.
void application::look_at(const life_ptr& who, unsigned detail) {
    const socket& s = who->self;
    engineio::session* const carrier = s.connection();
    if (carrier ? carrier->shard() != host_.current() : depth_ > 0) return;
    if (!carrier && host_.current() == engineio::shards::none) return;
    if (detail & 1) s.data()["seen"] = static_cast<std::int64_t>(s.rooms().size());
    if (detail & 2) require(s.handshake().auth.is_object() || !carrier);
    if (detail & 4) s.on("later", [who] {});
    if (detail == 7) s.on_any_outgoing([who](const array&) {});
    if (detail == 5) s.use([who](incoming_event&, const next_function& next) { next({}); });
}

void application::settle(bool well) {
    if (held_.empty()) return;
    const auto decide = held_[script_.take() % held_.size()]; // may be made twice
    decide(well);
}

void application::hold_or(bool well, std::function<void(bool)> decide) {
    const std::uint8_t now = script_.take() & 3;
    if (now == 3)
        held_.push_back(std::move(decide));
    else
        decide(well && now != 2);
}

// ---- what the server tells it

life_ptr application::life_of(const socket& s) {
    for (const life_ptr& known : lives_)
        if (known->self == s) return known;
    lives_.push_back(std::make_shared<life>(s));
    listen(lives_.back());
    return lives_.back();
}

void application::at_door(const socket& s, const namespace_::connect_next& next) {
    if (script_.next() == 0x7F) static_cast<void>(life_of(s)); // or it is known when it is in
    come_back(true);
    hold_or(true, [next](bool well) {
        if (well)
            next({});
        else
            next(connect_refusal{"no"});
    });
}

void application::welcome(const socket& s) {
    const life_ptr in = life_of(s);
    require(s.connected() && !std::exchange(in->connected, true));
    ++welcomes_;
    come_back(true);
}

void application::listen(const life_ptr& to) {
    const socket& s = to->self;
    s.on_any([this, to](incoming_event&) {
        require(to->is_in());
        ++events_;
        come_back(true);
    });
    s.on("say", [this, to](incoming_event& event) {
        require(to->is_in());
        hold_or(true, [reply = event.reply](bool) { reply.send({1}); });
        come_back(true);
    });
    s.on("disconnecting", [this, to](const std::string&) {
        require(to->is_in() && to->self.connected());
        to->leaving = true;
        come_back(true);
    });
    s.on("disconnect", [this, to](const std::string&) {
        require(to->leaving && !std::exchange(to->gone, true) && !to->self.connected());
        ++farewells_;
        come_back(true);
    });
    if (choice_ & 16)
        s.use([this, to](incoming_event&, next_function next) {
            require(to->is_in());
            hold_or(true, [next = std::move(next)](bool well) {
                next(well ? std::nullopt : std::optional<std::string>("no"));
            });
        });
    if (choice_ & 32) s.on_any_outgoing([this, to](const array&) { come_back(true); });
}

void application::settle_everything() {
    while (!held_.empty()) {
        const auto decide = std::move(held_.back());
        held_.pop_back();
        host_.on(0, [&] { decide(true); });
    }
}

void application::forget_everything() {
    held_.clear();
    lives_.clear();
}

} // namespace sockeye::socketio
