// A packet that can be read, as text or as a binary frame, is read as the same packet once written
// in text form; a JSONP post carries any payload unchanged.

#include "codec/jsonp.hpp"
#include "codec/packet_codec.hpp"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

using namespace sockeye::engineio;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check_survives_text_form(protocol version, const std::optional<packet_view>& packet) {
    if (!packet) return;
    std::string text;
    append_text_packet(text, version, *packet);
    std::string scratch;
    const auto again = decode_text_packet(version, text, scratch);
    require(again && again->type == packet->type);
    require(again->binary == packet->binary && again->data == packet->data);
}

// What a client does to a payload before it posts it: \n becomes \\n, then the form's encoding.
std::string posted(std::string_view payload) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string form = "d=";
    for (std::size_t i = 0; i < payload.size(); ++i) {
        const auto c = static_cast<unsigned char>(payload[i]);
        if (payload.substr(i).starts_with("\\n")) form.append("%5C");
        form.push_back('%');
        form.push_back(hex[c >> 4]);
        form.push_back(hex[c & 15]);
    }
    return form;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    std::string scratch;
    for (const auto version : {protocol::v3, protocol::v4}) {
        check_survives_text_form(version, decode_text_packet(version, input, scratch));
        check_survives_text_form(version, decode_binary_packet(version, input));
    }
    jsonp_wrap(input, input);
    jsonp_body(input);
    const auto body = jsonp_body(posted(input));
    require(body && *body == input);
    return 0;
}
