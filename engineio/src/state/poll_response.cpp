#include "state/poll_response.hpp"

#include "codec/content_coding.hpp"
#include "codec/jsonp.hpp"
#include "codec/payload.hpp"

#include <algorithm>

namespace sockeye::engineio {
namespace {

std::string text_payload(protocol revision, const packet_list& packets) {
    std::vector<std::string_view> pieces;
    pieces.reserve(packets.size());
    for (const queued_packet& packet : packets)
        pieces.push_back(packet.owner->text_form(revision));
    std::string payload;
    if (revision == protocol::v4)
        append_payload_v4(payload, pieces);
    else
        append_payload_v3(payload, pieces);
    return payload;
}

std::string binary_payload(const packet_list& packets) {
    std::vector<packet_view> views;
    views.reserve(packets.size());
    for (const queued_packet& packet : packets)
        views.push_back({packet.owner->type(), packet.owner->binary(), packet.owner->data()});
    std::string payload;
    append_binary_payload_v3(payload, views);
    return payload;
}

// Version 3 has a binary form, for clients that can take it; it is used where it is needed.
bool wants_binary_form(const poll_format& format, const packet_list& packets) {
    return format.revision == protocol::v3 && !format.base64_only && !format.jsonp &&
           std::any_of(packets.begin(), packets.end(),
                       [](const queued_packet& packet) { return packet.owner->binary(); });
}

bool worth_compressing(const poll_format& format, const packet_list& packets, std::size_t size) {
    return format.compression && size >= format.compression->threshold &&
           std::any_of(packets.begin(), packets.end(),
                       [](const queued_packet& packet) { return packet.owner->compress(); });
}

void compress(http_response& response, const http_request& request) {
    static constexpr content_coding offered[] = {content_coding::gzip, content_coding::deflate};
    const auto coding = choose_coding(request.header("accept-encoding"), offered);
    if (coding == content_coding::identity) return;
    response.body = encode(coding, response.body);
    response.headers.emplace_back("Content-Encoding", name(coding));
}

} // namespace

http_response poll_response(const poll_format& format, const packet_list& packets) {
    http_response response;
    if (wants_binary_form(format, packets)) {
        response.headers.emplace_back("Content-Type", "application/octet-stream");
        response.body = binary_payload(packets);
    } else {
        response.headers.emplace_back("Content-Type", "text/plain; charset=UTF-8");
        response.body = text_payload(format.revision, packets);
        if (format.jsonp) response.body = jsonp_wrap(*format.jsonp, response.body);
    }
    if (worth_compressing(format, packets, response.body.size()))
        compress(response, format.request);
    // Internet Explorer would take a script in an answer for an attack.
    const std::string_view agent = format.request.header("user-agent");
    if (agent.find(";MSIE") != agent.npos || agent.find("Trident/") != agent.npos)
        response.headers.emplace_back("X-XSS-Protection", "0");
    response.headers.emplace_back("cache-control", "no-store");
    return response;
}

} // namespace sockeye::engineio
