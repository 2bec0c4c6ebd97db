// Whatever packets a payload yields, written again in each form of their protocol they are read as
// the same packets; a reader that has ended or failed stays so, and text is always UTF-8.

#include "codec/packet_codec.hpp"
#include "codec/payload.hpp"
#include "codec/utf8.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace sockeye::engineio;

namespace {

constexpr std::size_t max_packets = 1000;

struct packet {
    packet_type type;
    bool binary;
    std::string data;

    bool operator==(const packet&) const = default;
};

void require(bool holds) {
    if (!holds) std::abort();
}

payload_step read(protocol version, bool binary_body, std::string_view body,
                  std::vector<packet>& packets) {
    payload_reader reader(version, binary_body, body, max_packets);
    packet_view view;
    payload_step last;
    while ((last = reader.next(view)) == payload_step::packet) {
        require(view.binary || is_valid_utf8(view.data));
        packets.push_back({view.type, view.binary, std::string(view.data)});
    }
    require(reader.next(view) == last);
    require(packets.size() <= max_packets);
    return last;
}

void check_reads_as(protocol version, bool binary_body, std::string_view body,
                    const std::vector<packet>& expected) {
    std::vector<packet> got;
    require(read(version, binary_body, body, got) == payload_step::end);
    require(got == expected);
}

void check_text_form(protocol version, const std::vector<packet>& packets) {
    std::vector<std::string> texts(packets.size());
    for (std::size_t i = 0; i < packets.size(); ++i)
        append_text_packet(texts[i], version,
                           {packets[i].type, packets[i].binary, packets[i].data});
    const std::vector<std::string_view> pieces(texts.begin(), texts.end());
    std::string body;
    if (version == protocol::v4) {
        append_payload_v4(body, pieces);
    } else {
        append_payload_v3(body, pieces);
    }
    check_reads_as(version, false, body, packets);
}

void check_binary_form(const std::vector<packet>& packets) {
    std::vector<packet_view> views;
    for (const auto& each : packets)
        views.push_back({each.type, each.binary, each.data});
    std::string body;
    append_binary_payload_v3(body, views);
    check_reads_as(protocol::v3, true, body, packets);
}

} // namespace

// The first byte chooses: '4' for version 4, '3' for version 3, anything else for its binary form.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto version = data[0] == '4' ? protocol::v4 : protocol::v3;
    const bool binary_body = data[0] != '4' && data[0] != '3';
    std::vector<packet> packets;
    read(version, binary_body, {reinterpret_cast<const char*>(data + 1), size - 1}, packets);
    if (packets.empty()) return 0;
    check_text_form(version, packets);
    if (version == protocol::v3) check_binary_form(packets);
    return 0;
}
