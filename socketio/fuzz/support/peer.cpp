#include "support/peer.hpp"

#include "support/require.hpp"

namespace sockeye::socketio {

static bool is_of_application(const packet& one) {
    return one.type != packet_type::connect && one.type != packet_type::disconnect &&
           one.type != packet_type::connect_error;
}

peer::peer(bool version_2) : version_2_(version_2) {
    if (version_2) ask_for("/"); // which is joined without asking
}

void peer::says(std::string_view data, bool binary) {
    packet said;
    if (said_->add(data, binary, said).status != decode_status::packet) return;
    if (said.type == packet_type::connect)
        ask_for(version_2_ ? said.nsp.substr(0, said.nsp.find('?')) : said.nsp);
    else if (said.type == packet_type::disconnect)
        places_[said.nsp] = {.left = true};
    else if (said.type == packet_type::event && said.id)
        places_[said.nsp].asks.insert(*said.id);
}

void peer::ask_for(const std::string& nsp) {
    place& at = places_[nsp];
    if (!at.joined && !at.asked) at = {.asked = true};
}

std::uint64_t peer::take_owed(const std::string& nsp) {
    auto& owes = places_[nsp].owes;
    if (owes.empty()) return 0;
    const std::uint64_t id = owes.front();
    owes.erase(owes.begin());
    return id;
}

void peer::hear(std::string_view data, bool binary) {
    packet heard;
    const decode_result result = heard_->add(data, binary, heard);
    require(result.status != decode_status::error);
    if (result.status == decode_status::need_more) return;
    place& at = places_[heard.nsp];
    if (at.left && is_of_application(heard)) return;
    require(at.joined || at.asked);
    switch (heard.type) {
    case packet_type::connect:
        return on_connect(at, heard);
    case packet_type::connect_error:
        require(!at.joined);
        at = {};
        return;
    case packet_type::disconnect:
        require(at.joined);
        at = {.left = true};
        return;
    case packet_type::ack:
    case packet_type::binary_ack:
        return on_answer(at, heard);
    default:
        return on_event(at, heard);
    }
}

void peer::on_connect(place& at, const packet& reply) {
    require(!at.joined);
    at.joined = true;
    at.asked = false;
    const value* const pid = reply.data.find("pid");
    if (pid) private_id_ = pid->as_string();
}

void peer::on_event(place& at, const packet& event) {
    const array& said = event.data.as_array();
    const std::int64_t number = said.at(1).as_int64();
    require(at.heard.insert(number).second);
    if (said.at(2).as_bool()) {
        require(number > at.last_in_order);
        at.last_in_order = number;
    }
    if (event.id) at.owes.push_back(*event.id);
    if (said.back().is_string()) offset_ = said.back().as_string();
}

void peer::on_answer(place& at, const packet& answer) {
    require(at.joined && answer.id);
    const auto asked = at.asks.find(*answer.id);
    require(asked != at.asks.end());
    at.asks.erase(asked);
}

} // namespace sockeye::socketio
