#include "codec/text.hpp"

namespace sockeye::socketio {

namespace {

using byte = unsigned char;

std::size_t valid_prefix(std::string_view text, std::size_t from) {
    while (from < text.size()) {
        const utf8_sequence next = first_utf8_sequence(text.substr(from));
        if (!next.valid) break;
        from += next.size;
    }
    return from;
}

} // namespace

utf8_sequence first_utf8_sequence(std::string_view text) {
    const auto lead = static_cast<byte>(text[0]);
    if (lead < 0x80) return {1, true};
    if (lead < 0xc2 || lead > 0xf4) return {1, false};
    const std::size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    // RFC 3629 §4: no overlong forms (e0, f0), no surrogates (ed), nothing above U+10FFFF (f4).
    byte low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    byte high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    for (std::size_t i = 1; i < size; ++i) {
        if (i == text.size()) return {i, false};
        const auto tail = static_cast<byte>(text[i]);
        if (tail < low || tail > high) return {i, false};
        low = 0x80;
        high = 0xbf;
    }
    return {size, true};
}

bool is_utf8(std::string_view text) {
    return valid_prefix(text, 0) == text.size();
}

std::string repair_utf8(std::string_view text) {
    std::string repaired;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t bad = valid_prefix(text, from);
        repaired.append(text, from, bad - from);
        if (bad == text.size()) break;
        repaired += replacement_character;
        from = bad + first_utf8_sequence(text.substr(bad)).size;
    }
    return repaired;
}

} // namespace sockeye::socketio
