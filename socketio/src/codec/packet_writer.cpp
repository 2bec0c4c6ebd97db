#include "codec/packet_writer.hpp"

#include "codec/json.hpp"

namespace sockeye::socketio {

namespace {

packet_type without_binary(packet_type type) {
    if (type == packet_type::binary_event) return packet_type::event;
    return type == packet_type::binary_ack ? packet_type::ack : type;
}

char digit(packet_type type) {
    return static_cast<char>('0' + static_cast<int>(type));
}

} // namespace

void append_head(std::string& out, packet_type type, std::string_view nsp,
                 std::optional<std::uint64_t> id) {
    out += digit(type);
    if (nsp != "/") {
        out += nsp;
        out += ',';
    }
    if (id) out += std::to_string(*id);
}

void append_packet(std::string& out, packet_type type, std::string_view nsp,
                   std::optional<std::uint64_t> id, const value& data,
                   std::vector<const binary*>& attachments) {
    const std::size_t start = out.size();
    type = without_binary(type);
    append_head(out, type, nsp, id);
    if (data.is_null()) return;
    if (type != packet_type::event && type != packet_type::ack) return append_json(out, data);
    append_json(out, data, attachments);
    if (attachments.empty()) return;
    // Only now is their number known. Moving the text by two places is cheaper than a search of
    // every packet for what most do not have.
    const bool is_event = type == packet_type::event;
    out[start] = digit(is_event ? packet_type::binary_event : packet_type::binary_ack);
    out.insert(start + 1, std::to_string(attachments.size()) + '-');
}

} // namespace sockeye::socketio
