#include "codec/classic_message.hpp"
#include "codec/json.hpp"
#include "codec/msgpack.hpp"

namespace sockeye::adapter_redis {

using socketio::array;
using socketio::object;

namespace {

using response_kind = decltype(classic_response::what);

constexpr std::int64_t event_type = 6;
constexpr std::int64_t client_count_type = 8;
constexpr std::int64_t client_type = 9;

/// All members, in the order in which Node's adapter writes them.
struct member_writer {
    const std::string& request_id;

    object operator()(const done_response&) const { return {{"requestId", request_id}}; }
    object operator()(const sockets_response& from) const {
        return {{"requestId", request_id}, {"sockets", from.sockets}};
    }
    object operator()(const rooms_response& from) const {
        return {{"requestId", request_id}, {"rooms", make_names(from.rooms)}};
    }
    object operator()(const event_response& from) const {
        return with(event_type, "data", from.answer);
    }
    object operator()(const client_count_response& from) const {
        return with(client_count_type, "clientCount", from.clients);
    }
    object operator()(const client_response& from) const {
        return with(client_type, "packet", from.answer);
    }

    [[nodiscard]] object with(std::int64_t type, std::string_view key,
                              const std::optional<value>& answer) const {
        object members{{"type", type}, {"requestId", request_id}};
        if (answer) members[key] = *answer;
        return members;
    }
};

std::optional<value> take_member(value& from, std::string_view key) {
    value* member = from.find(key);
    if (member == nullptr) return std::nullopt;
    return std::move(*member);
}

/// What has no type is told apart by its members.
std::optional<response_kind> read_untyped(value& from) {
    value* sockets = from.find("sockets");
    if (sockets != nullptr && sockets->is_array()) {
        return sockets_response{std::move(sockets->as_array())};
    }
    const value* rooms = from.find("rooms");
    if (rooms == nullptr) return done_response{};
    auto names = read_names(rooms);
    if (!names) return std::nullopt;
    return rooms_response{std::move(*names)};
}

std::optional<response_kind> read_count(const value& from) {
    const value* count = from.find("clientCount");
    const auto* clients = count == nullptr ? nullptr : count->get_if<std::int64_t>();
    if (clients == nullptr || *clients < 0) return std::nullopt;
    return client_count_response{static_cast<std::size_t>(*clients)};
}

std::optional<response_kind> read_kind(value& from) {
    const value* type = from.find("type");
    if (type == nullptr) return read_untyped(from);
    if (*type == value(event_type)) return event_response{take_member(from, "data")};
    if (*type == value(client_count_type)) return read_count(from);
    if (*type == value(client_type)) return client_response{take_member(from, "packet")};
    return std::nullopt;
}

} // namespace

std::string encode(const classic_response& from) {
    const value whole = std::visit(member_writer{from.request_id}, from.what);
    std::string out;
    // Only a client's answer may contain binary that has to arrive as such.
    if (std::holds_alternative<client_response>(from.what)) {
        socketio::append_msgpack(out, whole);
    } else {
        socketio::append_json(out, whole);
    }
    return out;
}

std::optional<classic_response> decode_response(std::string_view payload) {
    value whole;
    if (!parse_either(payload, whole)) return std::nullopt;
    std::string request_id = take_text(whole, "requestId");
    if (request_id.empty()) return std::nullopt;
    auto what = read_kind(whole);
    if (!what) return std::nullopt;
    return classic_response{std::move(request_id), std::move(*what)};
}

} // namespace sockeye::adapter_redis
