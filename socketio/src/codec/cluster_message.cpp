#include "codec/event_names.hpp"
#include "codec/member_reader.hpp"

#include <sockeye/socketio/cluster_message.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace sockeye::socketio {
namespace {

using content = cluster_message::content;

constexpr std::int64_t broadcast_type = 3;
constexpr int event_packet = 2; // also where there is binary in it: whoever has clients divides it

// ---- to a value: `data`, null where a message has none

value names(const std::vector<std::string>& list) {
    return array(list.begin(), list.end());
}

object options(const selection& to, const emit_flags& flags) {
    object set;
    if (flags.volatile_) set["volatile"] = true;
    if (!flags.compress) set["compress"] = false;
    if (flags.timeout) set["timeout"] = flags.timeout->count();
    if (flags.single_answer) set["expectSingleResponse"] = true;
    return {{"rooms", names(to.rooms)}, {"except", names(to.except)}, {"flags", std::move(set)}};
}

object answer_of(std::string request_id, std::optional<value> answer) {
    object data{{"requestId", std::move(request_id)}};
    if (answer) data["packet"] = *std::move(answer);
    return data;
}

value data_of(const cluster::initial_heartbeat&) {
    return {};
}
value data_of(const cluster::heartbeat&) {
    return {};
}
value data_of(const cluster::adapter_close&) {
    return {};
}
value data_of(cluster::broadcast m) {
    object data{{"opts", options(m.to, m.flags)},
                {"packet", object{{"type", event_packet}, {"data", std::move(m.event)}}}};
    if (m.request_id) data["requestId"] = *std::move(m.request_id);
    return data;
}
value data_of(const cluster::join& m) {
    return object{{"opts", options(m.who, m.flags)}, {"rooms", names(m.rooms)}};
}
value data_of(const cluster::leave& m) {
    return object{{"opts", options(m.who, m.flags)}, {"rooms", names(m.rooms)}};
}
value data_of(const cluster::disconnect& m) {
    return object{{"opts", options(m.who, m.flags)}, {"close", m.close}};
}
value data_of(const cluster::fetch_sockets& m) {
    return object{{"opts", options(m.who, m.flags)}, {"requestId", m.request_id}};
}
value data_of(cluster::server_side_emit m) {
    object data{{"packet", std::move(m.event)}};
    if (m.request_id) data["requestId"] = *std::move(m.request_id);
    return data;
}
value data_of(const cluster::sockets_response& m) {
    array sockets;
    sockets.reserve(m.sockets.size());
    for (const socket_details& one : m.sockets)
        sockets.push_back(to_value(one));
    return object{{"requestId", m.request_id}, {"sockets", std::move(sockets)}};
}
value data_of(cluster::server_side_response m) {
    return answer_of(std::move(m.request_id), std::move(m.answer));
}
value data_of(const cluster::client_count& m) {
    return object{{"requestId", m.request_id}, {"clientCount", m.clients}};
}
value data_of(cluster::client_answer m) {
    return answer_of(std::move(m.request_id), std::move(m.answer));
}

// ---- from a value

// What JavaScript's timers can wait for.
std::chrono::milliseconds timeout_from(member_reader& flags) {
    constexpr std::int64_t most = 0x7fffffff;
    return std::chrono::milliseconds(std::clamp<std::int64_t>(flags.integer("timeout"), 0, most));
}

emit_flags flags_from(const value& from, member_reader& outer) {
    member_reader reader(from);
    emit_flags flags{.volatile_ = reader.boolean_or("volatile", false),
                     .compress = reader.boolean_or("compress", true),
                     .single_answer = reader.boolean_or("expectSingleResponse", false)};
    if (reader.find("timeout")) flags.timeout = timeout_from(reader);
    if (!reader.good()) outer.fail();
    return flags;
}

struct target {
    selection who;
    emit_flags flags;
};

target target_from(member_reader& data) {
    member_reader opts(data.member("opts"));
    target made{{opts.names_or_none("rooms"), opts.names_or_none("except")},
                flags_from(opts.value_or("flags", object{}), opts)};
    if (!opts.good()) data.fail();
    return made;
}

bool is_named(const array& event) {
    return !event.empty() && event.front().is_string();
}

// An event as clients are sent it: under a reserved name, it would make them close. One that is
// named by a number is named by its digits.
array checked_event(array event, member_reader& data) {
    member_reader packet(data.member("packet"));
    if (!event.empty() && event.front().get_if<std::int64_t>())
        event.front() = std::to_string(event.front().as_int64());
    if (packet.integer("type") != event_packet || !is_named(event) ||
        is_reserved_event(event.front().as_string()) || !packet.good())
        data.fail();
    return event;
}

// An event may be large: it is not copied.
array take_event(value& message) {
    value* const data = message.find("data");
    value* const packet = data ? data->find("packet") : nullptr;
    value* const event = packet ? packet->find("data") : nullptr;
    array* const items = event ? event->get_if<array>() : nullptr;
    return items ? std::exchange(*items, {}) : array();
}

array server_event_from(member_reader& data) {
    array event = data.items("packet");
    if (!is_named(event)) data.fail();
    return event;
}

std::size_t count_from(member_reader& data) {
    const std::int64_t count = data.integer("clientCount");
    if (count < 0) data.fail();
    return static_cast<std::size_t>(count);
}

std::vector<socket_details> sockets_from(member_reader& data) {
    std::vector<socket_details> sockets;
    for (const value& item : data.items("sockets")) {
        auto details = socket_details_from(item);
        if (!details) return data.fail(), sockets;
        sockets.push_back(*std::move(details));
    }
    return sockets;
}

cluster::broadcast broadcast_from(array event, member_reader& data) {
    auto [to, flags] = target_from(data);
    return {checked_event(std::move(event), data), std::move(to), flags,
            data.optional_id("requestId")};
}

template<class Change> // of rooms
Change change_from(member_reader& data) {
    auto [who, flags] = target_from(data);
    return {std::move(who), flags, data.names("rooms")};
}

cluster::disconnect disconnect_from(member_reader& data) {
    auto [who, flags] = target_from(data);
    return {std::move(who), flags, data.boolean_or("close", false)};
}

cluster::fetch_sockets fetch_from(member_reader& data) {
    auto [who, flags] = target_from(data);
    return {std::move(who), flags, data.id("requestId")};
}

std::optional<content> content_from(std::int64_t type, array event, member_reader& data) {
    switch (type) {
    case broadcast_type:
        return broadcast_from(std::move(event), data);
    case 4:
        return change_from<cluster::join>(data);
    case 5:
        return change_from<cluster::leave>(data);
    case 6:
        return disconnect_from(data);
    case 7:
        return fetch_from(data);
    case 8:
        return cluster::sockets_response{data.id("requestId"), sockets_from(data)};
    case 9:
        return cluster::server_side_emit{server_event_from(data), data.optional_id("requestId")};
    case 10:
        return cluster::server_side_response{data.id("requestId"), data.optional_value("packet")};
    case 11:
        return cluster::client_count{data.id("requestId"), count_from(data)};
    case 12:
        return cluster::client_answer{data.id("requestId"), data.optional_value("packet")};
    default:
        return std::nullopt;
    }
}

std::optional<content> presence_from(std::int64_t type) {
    switch (type) {
    case 1:
        return cluster::initial_heartbeat{};
    case 2:
        return cluster::heartbeat{};
    case 13:
        return cluster::adapter_close{};
    default:
        return std::nullopt;
    }
}

} // namespace

value cluster_message::to_value() && {
    object made{{"type", type()}};
    value data = std::visit([](auto& said) { return data_of(std::move(said)); }, what);
    if (!data.is_null()) made["data"] = std::move(data);
    made["uid"] = std::move(uid);
    made["nsp"] = std::move(nsp);
    return made;
}

std::optional<cluster_message> cluster_message::from_value(value from) {
    member_reader reader(from);
    const std::int64_t type = reader.integer("type");
    std::string uid = reader.id("uid");
    std::string nsp = reader.id("nsp");
    if (!reader.good()) return std::nullopt;
    auto what = presence_from(type);
    if (!what) {
        array event = type == broadcast_type ? take_event(from) : array();
        member_reader data(reader.member("data"));
        what = content_from(type, std::move(event), data);
        if (!data.good()) return std::nullopt;
    }
    if (!what) return std::nullopt;
    return cluster_message{std::move(uid), std::move(nsp), *std::move(what)};
}

} // namespace sockeye::socketio
