// Whatever a client's messages, each ends in one of three ways and within the limits; a packet that
// was read is written in a form that, read again, is written the same.
#include "codec/text.hpp"

#include <sockeye/socketio/parser.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace sockeye::socketio;

static void require(bool holds) {
    if (!holds) std::abort();
}

static void check_round_trip(const parser& codec, const packet& from) {
    const auto decoder = codec.make_decoder();
    packet again;
    decode_result result;
    const auto written = codec.encode(from);
    for (const wire_message& each : written) {
        require(result.status == decode_status::need_more);
        result = decoder->add(each.data, each.binary, again);
        // More attachments may have been named than may be sent: one, several times.
        if (result.status == decode_status::error)
            return require(result.error == "too many attachments");
    }
    require(result.status == decode_status::packet);
    require(codec.encode(again) == written);
}

// The input is a list of messages: a byte for the kind, one for the length, then the message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const parser_limits limits{.max_attachments = 3,
                               .max_attachment_bytes = 64,
                               .max_namespace_length = 16,
                               .max_depth = 20,
                               .max_elements = 200};
    const auto codec = default_parser(limits);
    const auto decoder = codec->make_decoder();
    bool utf8 = true; // the packet's text
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    while (rest.size() >= 2) {
        const bool binary = (rest[0] & 1) != 0;
        const auto length = static_cast<std::uint8_t>(rest[1]);
        const std::string_view message = rest.substr(2, length);
        rest.remove_prefix(2 + message.size());
        packet read;
        const decode_result result = decoder->add(message, binary, read);
        require((result.status == decode_status::error) == !result.error.empty());
        if (result.status == decode_status::error) return 0;
        utf8 = utf8 && (binary || is_utf8(message));
        if (result.status != decode_status::packet) continue;
        if (utf8) check_round_trip(*codec, read); // repaired, two keys may have become one
        utf8 = true;
    }
    return 0;
}
