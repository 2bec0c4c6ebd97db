#include "codec/classic_packet.hpp"
#include "codec/msgpack.hpp"

namespace sockeye::adapter_redis {

using socketio::append_msgpack;
using socketio::array;
using socketio::object;

namespace {

constexpr std::int64_t event_type = 2;
// Old emitters say this of an event with binary, which is in its place all the same.
constexpr std::int64_t binary_event_type = 5;

} // namespace

bool is_event(const value* from) {
    const auto* items = from == nullptr ? nullptr : from->get_if<array>();
    return items != nullptr && !items->empty() &&
           (items->front().is_string() || items->front().is_number());
}

// By hand rather than from a tree, which would take a copy of the event.
void append_packet(std::string& out, const classic_packet& from) {
    out += "\x83\xa4type\x02\xa4"
           "data";
    append_msgpack(out, from.event);
    out += "\xa3nsp";
    append_msgpack(out, value(from.nsp));
}

// An `id`, which there is if connection state recovery makes a broadcast of an event for one
// socket, means something only to the server that chose it.
std::optional<classic_packet> read_packet(value& from) {
    const value* type = from.find("type");
    if (type == nullptr || (*type != value(event_type) && *type != value(binary_event_type))) {
        return std::nullopt;
    }
    value* data = from.find("data");
    const value* nsp = from.find("nsp");
    if (!is_event(data) || (nsp != nullptr && !nsp->is_string())) return std::nullopt;
    return classic_packet{std::move(data->as_array()), nsp == nullptr ? "/" : nsp->as_string()};
}

std::string encode(const classic_broadcast& from) {
    std::string out = "\x93";
    append_msgpack(out, value(from.uid));
    append_packet(out, from.packet);
    append_msgpack(out, make_options(from.to, from.flags));
    return out;
}

std::optional<classic_broadcast> decode_broadcast(std::string_view payload) {
    value whole;
    if (!parse_msgpack(payload, whole)) return std::nullopt;
    auto* parts = whole.get_if<array>();
    if (parts == nullptr || parts->size() != 3) return std::nullopt;
    auto* uid = (*parts)[0].get_if<std::string>();
    auto packet = read_packet((*parts)[1]);
    auto options = read_options((*parts)[2]);
    if (!packet || !options) return std::nullopt;
    return classic_broadcast{uid == nullptr ? std::string() : std::move(*uid), std::move(*packet),
                             std::move(options->to), options->flags};
}

} // namespace sockeye::adapter_redis
