#include "socketio_client.hpp"

#include "test_message.hpp"

#include <optional>

namespace sockeye::bench {
namespace {

// What stands between `head` and `tail`; none if they are not there.
std::optional<std::string_view> between(std::string_view head, std::string_view packet,
                                        std::string_view tail) {
    if (packet.size() < head.size() + tail.size() || !packet.starts_with(head) ||
        !packet.ends_with(tail))
        return {};
    packet.remove_prefix(head.size());
    packet.remove_suffix(tail.size());
    return packet;
}

} // namespace

socketio_client::socketio_client(std::uint32_t number, scoreboard& board, reactor& r,
                                 const target& to, const seat& s)
    : websocket_client(number, board, r, to), seat_(s),
      having_(s.caster && !s.member ? board.inflight : 0) {
    if (seat_.member) ++seat_.room->members;
    if (!seat_.caster) return;
    if (seat_.room->casters.empty()) seat_.room->first_caster = number;
    seat_.room->casters.push_back(this);
}

// ---- until it is ready

void socketio_client::on_open() {
    queue_message("0");
}

void socketio_client::on_message(std::string_view packet) {
    switch (stage_) {
    case stage::connecting:
        return take_connected(packet);
    case stage::joining:
        return take_joined(packet);
    case stage::ready:
        return packet.starts_with('3') ? take_ack(packet) : take_delivery(packet);
    }
}

void socketio_client::take_connected(std::string_view packet) {
    if (!packet.starts_with("0{\"sid\":\"")) return fail_at("not connected to /", packet);
    if (!seat_.member) return ready();
    stage_ = stage::joining;
    queue_message("20[\"join\",\"" + seat_.room->name + "\"]");
}

void socketio_client::take_joined(std::string_view packet) {
    if (packet != "30[true]") return fail_at("not the ack of a join", packet);
    ready();
}

void socketio_client::ready() {
    stage_ = stage::ready;
    ++board_.open;
}

void socketio_client::on_read_over() {
    flush();
    if (!seat_.member) return;
    // What this read has let others send leaves together too.
    for (socketio_client* caster : seat_.room->casters)
        caster->flush();
}

void socketio_client::start() {
    if (seat_.room && !seat_.caster) return;
    for (unsigned i = 0; i < board_.inflight; ++i)
        seat_.caster ? cast() : emit();
    flush();
}

// ---- acks

void socketio_client::emit() {
    static std::string packet;
    // The id of the ack that is wanted is the message's number.
    packet = "2" + std::to_string(sent()) + "[\"echo\",\"";
    packet.append(next_message()).append("\"]");
    queue_message(packet);
    ++board_.on_the_way;
}

void socketio_client::take_ack(std::string_view packet) {
    const auto message = between("3" + std::to_string(echoed()) + "[\"", packet, "\"]");
    if (!message) return fail_at("not ack " + std::to_string(echoed()), packet);
    take_echo(*message);
    --board_.on_the_way;
    if (board_.sending) emit();
}

// ---- broadcasts

void socketio_client::cast() {
    static std::string packet;
    packet = "2[\"cast\",\"" + seat_.room->name + "\",\"";
    packet.append(next_message()).append("\"]");
    queue_message(packet);
    board_.on_the_way += seat_.room->members;
}

void socketio_client::take_delivery(std::string_view packet) {
    static std::string due;
    const auto message = between("2[\"cast\",\"", packet, "\"]");
    if (!message || !seat_.member) return fail_at("not a broadcast to this client", packet);
    const std::vector<socketio_client*>& casters = seat_.room->casters;
    const std::size_t caster = sender_of(*message) - seat_.room->first_caster;
    if (caster >= casters.size()) return fail_at("a broadcast of no member", packet);
    due_.resize(casters.size());
    make_test_message(due, casters[caster]->number_, due_[caster], board_.message_size);
    if (*message != due)
        return fail_at("not message " + std::to_string(due_[caster]) + " of its sender", packet);
    ++board_.received;
    --board_.on_the_way;
    casters[caster]->on_delivered(*this, due_[caster]++);
}

bool socketio_client::all_have(std::uint64_t sequence) {
    // Broadcasts come in order, so that those on the way are consecutive.
    unsigned& having = having_[sequence % having_.size()];
    if (++having < seat_.room->members) return false;
    having = 0;
    return true;
}

void socketio_client::on_delivered(const socketio_client& to, std::uint64_t sequence) {
    // A member goes on when it has its own message; a sender beside the room, when all have it.
    const bool next = seat_.member ? &to == this : all_have(sequence);
    if (next && board_.sending) cast();
}

} // namespace sockeye::bench
