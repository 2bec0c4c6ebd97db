#include "client.hpp"

#include "server_core.hpp"
#include "socket_core.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::socketio {

client::client(server_core& server, engineio::session& session)
    : server_(server), session_(session), decoder_(server.packets().make_decoder()) {}

client::~client() = default;

socket_core* client::find(std::string_view nsp) const {
    for (const auto& s : sockets_)
        if (s->nsp().name() == nsp) return s.get();
    return nullptr;
}

// ---- in

void client::on_message(std::string_view data, bool binary) {
    packet received;
    const decode_result result = decoder_->add(data, binary, received);
    switch (result.status) {
    case decode_status::need_more:
        return;
    case decode_status::error:
        return fail(result.error);
    case decode_status::packet:
        return on_packet(received);
    }
}

void client::on_packet(packet& received) {
    if (received.type == packet_type::connect) return connect(received);
    just_connected_ = false;
    socket_core* const target = find(received.nsp);
    if (!target || !target->connected()) return session_.close();
    const auto keep = target->shared_from_this();
    switch (received.type) {
    case packet_type::event:
        return target->on_event(received);
    case packet_type::ack:
        return target->on_ack(received);
    case packet_type::disconnect:
        return target->close("client namespace disconnect", {});
    default:
        return session_.close();
    }
}

// The client has broken the protocol.
void client::fail(std::string_view error) {
    const std::string message(error);
    const auto all = sockets_;
    for (const auto& s : all)
        s->report(array{"error", message});
    session_.close();
}

// ---- namespaces

void client::connect(packet& request) {
    // Clients ask twice in a row when two of their parts open one namespace: that is answered once.
    // Later on, it is an error.
    if (find(request.nsp)) {
        if (!just_connected_) session_.close();
        return;
    }
    just_connected_ = true;
    auto nsp = server_.find(request.nsp);
    if (!nsp) return refuse(request.nsp, "Invalid namespace");
    if (sockets_.size() >= server_.options().max_namespaces_per_client)
        return refuse(request.nsp, "Too many namespaces");
    join(std::move(nsp), request.data.is_object() ? std::move(request.data) : value(object{}));
}

void client::join_main_namespace() {
    if (auto nsp = server_.find("/")) join(std::move(nsp), object{});
}

void client::join(std::shared_ptr<namespace_core> nsp, value auth) {
    const auto born = std::make_shared<socket_core>(*this, std::move(nsp), std::move(auth));
    sockets_.push_back(born);
    joined_ = true;
    born->start();
}

void client::refuse(const std::string& nsp, const std::string& message) {
    send({.type = packet_type::connect_error, .nsp = nsp, .data = object{{"message", message}}});
}

void client::forget(const socket_core& gone) {
    std::erase_if(sockets_, [&](const auto& s) { return s.get() == &gone; });
}

// ---- out

void client::send(const packet& what) {
    std::vector<engineio::outgoing_ptr> messages;
    for (const wire_message& wire : server_.packets().encode(what))
        messages.push_back(
            engineio::outgoing::make(engineio::packet_type::message, wire.data, wire.binary));
    session_.send(messages);
}

// ---- the end

void client::close_all() {
    const auto all = sockets_;
    for (const auto& s : all)
        s->disconnect(false);
    session_.close();
}

void client::on_close(std::string_view reason, std::string_view detail) {
    const auto all = std::exchange(sockets_, {});
    for (const auto& s : all)
        s->close(reason, detail);
}

void client::on_connect_timeout() {
    if (!joined_) session_.close();
}

} // namespace sockeye::socketio
