#include "client.hpp"

#include "encoded_event.hpp"
#include "server_core.hpp"
#include "socket_core.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::socketio {
namespace {

// Version 2 clients say who they are in the namespace's name: "/admin?token=1".
void take_query(packet& request) {
    const std::size_t mark = request.nsp.find('?');
    object auth;
    if (mark != std::string::npos) {
        for (auto& [name, text] : engineio::parse_query(request.nsp.substr(mark + 1)))
            auth[name] = std::move(text);
        request.nsp.resize(mark);
    }
    request.data = std::move(auth);
}

bool has_string(const value& auth, std::string_view key) {
    const value* const member = auth.find(key);
    return member && member->is_string();
}

void count(socketio_counters& counters, recovery_outcome how) {
    (how == recovery_outcome::recovered         ? counters.sessions_recovered
     : how == recovery_outcome::unknown_session ? counters.recoveries_unknown
                                                : counters.recoveries_forgotten)
        .add();
}

// The client that asked for it is gone again; it may try once more.
void give_back(server_core& server, namespace_core& nsp, restored_session former) {
    if (former.outcome == recovery_outcome::recovered)
        nsp.adapter().persist_session(std::move(former.session));
    server.namespaces().leave(nsp);
}

} // namespace

client::client(server_core& server, engineio::session& session)
    : server_(server), session_(session), decoder_(server.packets().make_decoder()) {}

client::~client() = default;

void client::wait_in(connect_queue& queue, std::chrono::steady_clock::time_point deadline) {
    waiting_ = std::make_unique<waiting_client>();
    waiting_->who = this;
    waiting_->deadline = deadline;
    queue.push_back(*waiting_);
}

bool client::is_version_2() const {
    return session_.revision() == engineio::protocol::v3;
}

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
    server_.counters().packets_invalid.add();
    const std::string message(error);
    const auto all = sockets_;
    for (const auto& s : all)
        s->report(array{"error", message});
    session_.close();
}

// ---- namespaces

void client::connect(packet& request) {
    if (is_version_2()) take_query(request);
    // Clients ask twice in a row when two of their parts open one namespace: that is answered once.
    // Later on, it is an error.
    if (is_joining(request.nsp)) return;
    if (find(request.nsp)) {
        if (!just_connected_) session_.close();
        return;
    }
    just_connected_ = true;
    const std::size_t joining = joining_ ? joining_->size() : 0;
    if (sockets_.size() + joining >= server_.options().max_namespaces_per_client)
        return refuse(request.nsp, "Too many namespaces");
    value auth = request.data.is_object() ? std::move(request.data) : value(object{});
    if (const auto nsp = server_.namespaces().enter(request.nsp))
        join(nsp, std::move(auth));
    else
        open_namespace(request.nsp, std::move(auth));
}

void client::join_main_namespace() {
    if (const auto nsp = server_.namespaces().enter("/")) join(nsp, object{});
}

bool client::is_joining(std::string_view nsp) const {
    return joining_ && std::find(joining_->begin(), joining_->end(), nsp) != joining_->end();
}

void client::begin_joining(const std::string& nsp) {
    if (!joining_) joining_ = std::make_unique<std::vector<std::string>>();
    joining_->push_back(nsp);
}

void client::end_joining(std::string_view nsp) {
    if (joining_) std::erase(*joining_, nsp);
    if (joining_ && joining_->empty()) joining_.reset();
}

// Whoever is asked may answer later, when this client is no more.
void client::open_namespace(const std::string& name, value auth) {
    begin_joining(name);
    server_.namespaces().open(name, auth,
                              [server = server_.shared_from_this(), shard = session_.shard(),
                               session = session_.id(), name, auth](const namespace_ptr& nsp) {
                                  server->run_on(shard, [server, session, name, auth, nsp] {
                                      client* const asking = server->find_client(session);
                                      if (asking)
                                          asking->on_opened(name, nsp, auth);
                                      else if (nsp)
                                          server->namespaces().leave(*nsp);
                                  });
                              });
}

void client::on_opened(const std::string& name, const namespace_ptr& nsp, value auth) {
    end_joining(name);
    if (nsp)
        join(nsp, std::move(auth));
    else
        refuse(name, "Invalid namespace");
}

void client::join(const namespace_ptr& nsp, value auth) {
    if (!is_version_2() && nsp->adapter().recovers() && has_string(auth, "pid") &&
        has_string(auth, "offset"))
        recover(nsp, std::move(auth));
    else
        add_socket(nsp, std::move(auth), {});
}

void client::recover(const namespace_ptr& nsp, value auth) {
    begin_joining(nsp->name());
    const std::string private_id = auth.find("pid")->as_string();
    const std::string offset = auth.find("offset")->as_string();
    auto found = [server = server_.shared_from_this(), session = session_.id(), nsp,
                  auth = std::move(auth)](restored_session former) {
        client* const asking = server->find_client(session);
        if (asking && !asking->has_room_for(former.missed))
            former = {recovery_outcome::events_forgotten};
        count(server->counters(), former.outcome);
        if (!asking) return give_back(*server, *nsp, std::move(former));
        asking->end_joining(nsp->name());
        asking->add_socket(nsp, auth, std::move(former));
    };
    nsp->adapter().restore_session(private_id, offset, std::move(found));
}

// What its queue does not take would end its connection, each time that it comes back.
bool client::has_room_for(const std::vector<prepared_event_ptr>& missed) const {
    constexpr std::size_t max_header = 16, min_packet = 4; // bytes
    std::size_t bytes = session_.queued_bytes();
    std::size_t packets = bytes / min_packet;
    for (const prepared_event_ptr& one : missed) {
        const auto& event = static_cast<const encoded_event&>(*one);
        packets += event.packets();
        bytes += event.bytes() + event.packets() * max_header;
    }
    const engineio::queue_options& queue = server_.options().engine.queue;
    return bytes <= queue.max_bytes && packets <= queue.max_packets;
}

void client::add_socket(const namespace_ptr& nsp, value auth, restored_session former) {
    const auto born = std::make_shared<socket_core>(*this, nsp, std::move(auth), former);
    sockets_.push_back(born);
    born->start(former);
}

void client::refuse(const std::string& nsp, const std::string& message) {
    server_.counters().connects_refused.add();
    send({.type = packet_type::connect_error, .nsp = nsp, .data = object{{"message", message}}});
}

void client::forget(const socket_core& gone) {
    std::erase_if(sockets_, [&](const auto& s) { return s.get() == &gone; });
}

// ---- out

void client::send(const packet& what) {
    session_.send(encode_for_one(server_.packets(), what));
}

void client::send(std::span<const engineio::outgoing_ptr> packets, bool volatile_) {
    session_.send(packets, volatile_);
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
    waiting_.reset();
    server_.counters().connects_timed_out.add();
    session_.close();
}

} // namespace sockeye::socketio
