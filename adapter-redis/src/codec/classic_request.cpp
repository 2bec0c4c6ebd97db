#include "codec/classic_packet.hpp"
#include "codec/json.hpp"
#include "codec/msgpack.hpp"

#include <array>

namespace sockeye::adapter_redis {

using socketio::append_msgpack;
using socketio::object;

namespace {

using request_kind = decltype(classic_request::what);

/// A request's number is its place in the variant.
constexpr std::size_t ask_type = 7;
static_assert(std::is_same_v<std::variant_alternative_t<ask_type, request_kind>, ask_request>);

/// Adds the members that are the request's own to `into`.
struct member_writer {
    object& into;
    bool answered; // an order that is to be answered is about a single socket: version 7's form

    void operator()(const ids_request& from) const { into["rooms"] = make_names(from.rooms); }
    void operator()(const rooms_request&) const {}
    void operator()(const join_request& from) const { move(from.who, from.rooms); }
    void operator()(const leave_request& from) const { move(from.who, from.rooms); }
    void operator()(const disconnect_request& from) const {
        order(from.who);
        into["close"] = from.close;
    }
    void operator()(const fetch_request& from) const { into["opts"] = make_selection(from.who); }
    void operator()(const event_request& from) const { into["data"] = from.event; }
    void operator()(const ask_request&) const {} // MessagePack: see encode_ask

    void move(const selection& who, const std::vector<std::string>& rooms) const {
        order(who);
        into["rooms"] = make_names(rooms);
    }
    void order(const selection& who) const {
        if (answered && !who.rooms.empty())
            into["sid"] = who.rooms.front();
        else
            into["opts"] = make_selection(who);
    }
};

/// An event with acknowledgements may contain binary, so that it is MessagePack.
std::string encode_ask(const classic_request& from, const ask_request& what) {
    std::string out = "\x85\xa3uid";
    append_msgpack(out, value(from.uid));
    out += "\xa9requestId";
    append_msgpack(out, value(from.request_id));
    out += "\xa4type\x07\xa6packet";
    append_packet(out, what.packet);
    out += "\xa4opts";
    append_msgpack(out, make_options(what.to, what.flags));
    return out;
}

/// Whom a request is about: `opts`, or, as version 7 has it, a single socket's id in `sid`.
std::optional<selection> read_who(const value& from) {
    if (const value* options = from.find("opts")) {
        auto read = read_options(*options);
        if (!read) return std::nullopt;
        return std::move(read->to);
    }
    const std::string* sid = find_text(from, "sid");
    if (sid == nullptr) return std::nullopt;
    return selection{{*sid}, {}};
}

std::optional<request_kind> read_ids(value& from) {
    auto rooms = read_names(from.find("rooms"));
    if (!rooms) return std::nullopt;
    return ids_request{std::move(*rooms)};
}

std::optional<request_kind> read_rooms(value&) {
    return rooms_request{};
}

/// A join or a leave.
template<class Move>
std::optional<request_kind> read_move(value& from) {
    auto who = read_who(from);
    auto rooms = read_names(from.find("rooms"));
    if (!who || !rooms) return std::nullopt;
    if (const std::string* room = find_text(from, "room")) rooms->push_back(*room);
    return Move{std::move(*who), std::move(*rooms)};
}

std::optional<request_kind> read_disconnect(value& from) {
    auto who = read_who(from);
    if (!who) return std::nullopt;
    const value* close = from.find("close");
    return disconnect_request{std::move(*who), close != nullptr && *close == value(true)};
}

std::optional<request_kind> read_fetch(value& from) {
    auto who = read_who(from);
    if (!who) return std::nullopt;
    return fetch_request{std::move(*who)};
}

std::optional<request_kind> read_event(value& from) {
    value* data = from.find("data");
    if (!is_event(data)) return std::nullopt;
    return event_request{std::move(data->as_array())};
}

std::optional<request_kind> read_ask(value& from) {
    value* packet = from.find("packet");
    const value* options = from.find("opts");
    if (packet == nullptr || options == nullptr) return std::nullopt;
    auto event = read_packet(*packet);
    auto read = read_options(*options);
    if (!event || !read) return std::nullopt;
    return ask_request{std::move(*event), std::move(read->to), read->flags};
}

using reader = std::optional<request_kind> (*)(value&);
constexpr std::array<reader, std::variant_size_v<request_kind>> readers{
    read_ids,
    read_rooms,
    read_move<join_request>,
    read_move<leave_request>,
    read_disconnect,
    read_fetch,
    read_event,
    read_ask,
};

/// Carried out without an answer, but for version 7's form.
bool is_order(const request_kind& what) {
    return std::holds_alternative<join_request>(what) ||
           std::holds_alternative<leave_request>(what) ||
           std::holds_alternative<disconnect_request>(what);
}

bool wants_answer(const request_kind& what) {
    return !is_order(what) && !std::holds_alternative<event_request>(what);
}

} // namespace

std::string encode(const classic_request& from) {
    if (const auto* ask = std::get_if<ask_request>(&from.what)) return encode_ask(from, *ask);
    object members;
    if (!from.uid.empty()) members["uid"] = from.uid;
    if (!from.request_id.empty()) members["requestId"] = from.request_id;
    members["type"] = from.what.index();
    std::visit(member_writer{members, !from.request_id.empty()}, from.what);
    std::string out;
    socketio::append_json(out, value(std::move(members)));
    return out;
}

std::optional<classic_request> decode_request(std::string_view payload) {
    value whole;
    if (!parse_either(payload, whole)) return std::nullopt;
    const value* type = whole.find("type");
    const auto* number = type == nullptr ? nullptr : type->get_if<std::int64_t>();
    if (number == nullptr || std::cmp_less(*number, 0) ||
        std::cmp_greater_equal(*number, readers.size())) {
        return std::nullopt;
    }
    auto what = readers[static_cast<std::size_t>(*number)](whole);
    if (!what) return std::nullopt;
    classic_request request{take_text(whole, "uid"), take_text(whole, "requestId"),
                            std::move(*what)};
    if (request.request_id.empty() && wants_answer(request.what)) return std::nullopt;
    if (is_order(request.what) && whole.find("opts") != nullptr) request.request_id.clear();
    return request;
}

} // namespace sockeye::adapter_redis
