#include "state/session_state.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::engineio {
namespace {

constexpr milliseconds noop_interval{100};

// A deadline counts from when the last one was due, so that a late timer does not make the peer's
// time longer. After a real stall of this process, peers get their full time again; otherwise the
// deadline would have passed before they could know of it.
time_point following(time_point due, time_point now, milliseconds interval) {
    const bool stalled = now - due >= std::min(interval, milliseconds(seconds(1)));
    return (stalled ? now : due) + interval;
}

std::size_t total_size(std::span<const outgoing_ptr> packets) {
    std::size_t bytes = 0;
    for (const outgoing_ptr& packet : packets)
        bytes += packet->size();
    return bytes;
}

} // namespace

session_state::session_state(const server_options& options, session_host& host, protocol revision,
                             transport_kind transport)
    : options_(options), host_(host), revision_(revision), transport_(transport),
      poll_waits_(transport == transport_kind::polling) {}

void session_state::open(std::string_view open_json, time_point now) {
    heartbeat_at_ = now + options_.ping_interval;
    if (revision_ == protocol::v3) heartbeat_at_ += options_.ping_timeout;
    arm();
    put(packet_type::open, open_json);
    if (options_.initial_packet) put(packet_type::message, *options_.initial_packet);
    flush();
}

// ---- packets in

void session_state::on_packet(transport_kind from, const packet_view& packet, time_point now) {
    if (status_ == session_status::closed || from != transport_) return;
    if (packet.type == packet_type::close) {
        end(close_reason::transport_close, "closed by the peer", {packet_type::noop});
        return;
    }
    if (status_ != session_status::open) return;
    if (awaiting_pong_ && !pong_extended_ && packet.type != packet_type::pong) {
        // A peer that is busy sending is alive; it gets its time again, once per ping.
        pong_extended_ = true;
        heartbeat_at_ = now + options_.ping_timeout;
        arm();
    }
    switch (packet.type) {
    case packet_type::message:
        host_.deliver(packet.data, packet.binary);
        break;
    case packet_type::ping:
        on_ping(now);
        break;
    case packet_type::pong:
        on_pong(now);
        break;
    default:
        break; // open, upgrade, noop mean nothing here
    }
}

void session_state::on_ping(time_point now) {
    if (revision_ != protocol::v3) return on_transport_error("invalid heartbeat direction");
    heartbeat_at_ = now + options_.ping_interval + options_.ping_timeout;
    arm();
    put_heartbeat(packet_type::pong);
    if (status_ != session_status::closed) host_.heartbeat();
}

void session_state::on_pong(time_point now) {
    if (revision_ == protocol::v3) return on_transport_error("invalid heartbeat direction");
    awaiting_pong_ = pong_extended_ = false;
    heartbeat_at_ = now + options_.ping_interval;
    arm();
    host_.heartbeat();
}

void session_state::on_undecodable() {
    end(close_reason::parse_error, "undecodable packet");
}

void session_state::on_transport_error(std::string_view detail) {
    end(close_reason::transport_error, detail);
}

void session_state::on_websocket_lost(close_reason why, std::string_view detail) {
    end(why, detail);
}

// ---- polling

bool session_state::on_poll() {
    if (poll_waits_) {
        on_transport_error("overlap from client");
        return false;
    }
    poll_waits_ = true;
    if (!waiting_.empty())
        flush();
    else if (status_ == session_status::closing)
        finish_close({packet_type::noop, packet_type::close});
    return true;
}

void session_state::on_poll_lost() {
    poll_waits_ = false;
    on_transport_error("poll connection closed prematurely");
}

bool session_state::on_post_begin() {
    if (!post_runs_) return post_runs_ = true;
    host_.abort_post();
    on_transport_error("data request overlap from client");
    return false;
}

void session_state::on_post_end() {
    post_runs_ = false;
}

void session_state::on_post_lost() {
    post_runs_ = false;
    on_transport_error("data request connection closed prematurely");
}

void session_state::flush() {
    if (!poll_waits_ || waiting_.empty()) return;
    poll_waits_ = false;
    host_.answer_poll(waiting_.take_all());
}

void session_state::answer(std::initializer_list<packet_type> types) {
    poll_waits_ = false;
    packet_list packets;
    for (packet_type type : types)
        packets.push_back({outgoing::make(type, {}), {}, false});
    host_.answer_poll(std::move(packets));
}

// ---- packets out

bool session_state::writable() const {
    if (status_ != session_status::open) return false;
    if (transport_ == transport_kind::websocket) return host_.websocket_queue().empty();
    return poll_waits_ && waiting_.empty();
}

output_queue& session_state::queue() const {
    return transport_ == transport_kind::websocket ? host_.websocket_queue()
                                                   : const_cast<output_queue&>(waiting_);
}

bool session_state::fits(std::size_t bytes, std::size_t packets) const {
    const output_queue& q = queue();
    return q.empty() || (q.bytes() + bytes <= options_.queue.max_bytes &&
                         q.size() + packets <= options_.queue.max_packets);
}

bool session_state::send(std::span<const outgoing_ptr> packets, bool volatile_) {
    if (status_ != session_status::open) return refuse(drop_cause::closed, packets.size());
    if (volatile_ && !writable()) return refuse(drop_cause::not_writable, packets.size());
    if (!make_room(total_size(packets), packets.size())) return false;
    for (std::size_t i = 0; i < packets.size(); ++i)
        enqueue(packets[i], i > 0);
    // Only then, since the host may send or close: nothing may come between these.
    for (std::size_t i = 0; i < packets.size() && status_ != session_status::closed; ++i)
        host_.created(*packets[i]);
    return true;
}

bool session_state::refuse(drop_cause cause, std::size_t packets) {
    host_.dropped(cause, packets);
    return false;
}

bool session_state::make_room(std::size_t bytes, std::size_t packets) {
    if (fits(bytes, packets)) return true;
    // A burst within one turn is not a slow reader yet.
    if (transport_ == transport_kind::websocket)
        host_.flush_websocket();
    else
        flush();
    if (status_ != session_status::open) return refuse(drop_cause::closed, packets);
    if (fits(bytes, packets)) return true;

    if (options_.queue.overflow == overflow_policy::drop_oldest) {
        std::size_t dropped = 0;
        while (!fits(bytes, packets) && queue().drop_oldest(dropped)) {
        }
        if (dropped > 0) host_.dropped(drop_cause::overflow, dropped);
        if (fits(bytes, packets)) return true;
    }
    refuse(drop_cause::overflow, packets);
    if (options_.queue.overflow == overflow_policy::disconnect)
        end(close_reason::slow_reader, "output queue full");
    return false;
}

void session_state::enqueue(const outgoing_ptr& packet, bool continues) {
    if (transport_ == transport_kind::websocket) return host_.write(packet, continues);
    waiting_.push(packet, packet->data(), continues);
    if (poll_waits_) host_.flush_soon();
}

void session_state::put(packet_type type, std::string_view data) {
    if (status_ == session_status::closed) return; // by the host, told of the packet before
    const outgoing_ptr packet = outgoing::make(type, data);
    enqueue(packet, false);
    host_.created(*packet);
}

// Pings ask for pongs, and pongs for the next ping: a peer that never reads must not fill the
// memory with a few bytes each.
void session_state::put_heartbeat(packet_type type) {
    if (queue().size() >= options_.queue.max_packets + options_.max_pending_pongs)
        return end(close_reason::slow_reader, "heartbeats are not read");
    put(type);
}

// ---- upgrade

bool session_state::on_probe_attached(time_point now) {
    if (status_ == session_status::closed || transport_ == transport_kind::websocket || upgrade_)
        return false;
    upgrade_ = std::make_unique<upgrade_attempt>();
    upgrade_->deadline = now + options_.upgrade_timeout;
    arm();
    return true;
}

void session_state::on_probe_packet(const packet_view& packet, time_point now) {
    if (!upgrade_) return;
    if (packet.type == packet_type::ping && packet.data == "probe") {
        upgrade_->probed = true;
        upgrade_->next_noop = now + noop_interval;
        arm();
        host_.write_probe(outgoing::make(packet_type::pong, "probe"));
        host_.upgrading();
    } else if (packet.type == packet_type::upgrade) {
        take_over();
    } else {
        on_probe_lost();
        host_.close_probe();
    }
}

void session_state::on_probe_lost() {
    if (!upgrade_) return;
    upgrade_.reset();
    arm();
}

void session_state::take_over() {
    // Nothing will ever come over polling again. While the host is told, the session is still a
    // polling one, in which it may send, close, or bring the next GET.
    while (upgrade_ && poll_waits_)
        answer({packet_type::close});
    if (!upgrade_) return;
    upgrade_.reset();
    transport_ = transport_kind::websocket;
    upgraded_ = true;
    const packet_list waiting = waiting_.take_all();
    arm();
    host_.promote_probe();
    for (const queued_packet& packet : waiting)
        host_.write(packet.owner, packet.continues);
    if (status_ == session_status::closing) return finish_close({});
    host_.upgraded_to_websocket();
}

void session_state::on_upgrade_due(time_point now) {
    if (now >= upgrade_->deadline) {
        upgrade_.reset();
        host_.close_probe();
    } else if (upgrade_->probed && now >= upgrade_->next_noop) {
        upgrade_->next_noop = now + noop_interval;
        if (poll_waits_ && waiting_.empty()) answer({packet_type::noop});
    }
}

// ---- time

void session_state::arm() {
    time_point deadline = heartbeat_at_;
    if (upgrade_) {
        deadline = std::min(deadline, upgrade_->deadline);
        if (upgrade_->probed) deadline = std::min(deadline, upgrade_->next_noop);
    }
    host_.wake_at(deadline);
}

void session_state::on_deadline(time_point now) {
    if (upgrade_) on_upgrade_due(now);
    if (status_ != session_status::closed && now >= heartbeat_at_) on_heartbeat_due(now);
    if (status_ != session_status::closed) arm();
}

void session_state::on_heartbeat_due(time_point now) {
    if (status_ == session_status::closing)
        return end(close_reason::forced_close, "no GET came to be told");
    if (revision_ == protocol::v3 || awaiting_pong_)
        return end(close_reason::ping_timeout, "no heartbeat");
    awaiting_pong_ = true;
    heartbeat_at_ = following(heartbeat_at_, now, options_.ping_timeout);
    put_heartbeat(packet_type::ping);
}

// ---- the end

void session_state::close(bool discard, time_point now) {
    if (status_ == session_status::closed || (status_ == session_status::closing && !discard))
        return;
    if (discard) drop_waiting();
    if (status_ == session_status::open) {
        status_ = session_status::closing;
        heartbeat_at_ = now + options_.close_timeout;
        arm();
    }
    flush();
    if (status_ == session_status::closed) return; // the next GET came at once
    if (transport_ == transport_kind::websocket) return finish_close({});
    if (waiting_.empty() && poll_waits_) finish_close({packet_type::close});
}

void session_state::drop_waiting() {
    if (!waiting_.empty()) host_.dropped(drop_cause::closed, waiting_.size());
    waiting_.clear();
}

// The peer can be told: by a close frame, or in its waiting GET.
void session_state::finish_close(std::initializer_list<packet_type> poll_answer) {
    end(close_reason::forced_close, "closed by the server", poll_answer);
}

void session_state::abandon() {
    end(close_reason::forced_close, "the server has stopped");
}

void session_state::end(close_reason reason, std::string_view detail,
                        std::initializer_list<packet_type> poll_answer) {
    if (status_ == session_status::closed) return;
    flush(); // what a handler just answered still finds its GET
    if (status_ == session_status::closed) return; // by what came in behind that GET
    status_ = session_status::closed;
    const bool probing = upgrade_ != nullptr;
    upgrade_.reset();
    drop_waiting();
    if (poll_waits_) answer(poll_answer);
    if (probing) host_.close_probe();
    if (transport_ == transport_kind::websocket) host_.close_websocket();
    host_.closed(reason, detail);
}

} // namespace sockeye::engineio
