#include "codec/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace sockeye::engineio {
namespace {

using byte = unsigned char;

constexpr std::size_t stride = sizeof(std::uint64_t);

// Nearly all traffic is JSON, nearly all of that ASCII: pass over it eight bytes at a time.
bool is_ascii_stride(const char* at) {
    std::uint64_t bytes;
    std::memcpy(&bytes, at, stride);
    return (bytes & 0x8080808080808080U) == 0;
}

bool within(byte value, byte low, byte high) {
    return low <= value && value <= high;
}

bool is_tail(byte value) {
    return within(value, 0x80, 0xbf);
}

// Bytes of the well-formed character at the start of `at`, 0 if there is none. The bounds of the
// second byte exclude overlong forms (after e0, f0), surrogates (ed) and what is above U+10FFFF
// (f4): RFC 3629 §4.
std::size_t character_size(const byte* at, std::size_t left) {
    const byte lead = at[0];
    if (lead < 0x80) return 1;
    if (within(lead, 0xc2, 0xdf)) return left >= 2 && is_tail(at[1]) ? 2 : 0;
    if (within(lead, 0xe0, 0xef)) {
        const byte low = lead == 0xe0 ? 0xa0 : 0x80;
        const byte high = lead == 0xed ? 0x9f : 0xbf;
        return left >= 3 && within(at[1], low, high) && is_tail(at[2]) ? 3 : 0;
    }
    if (within(lead, 0xf0, 0xf4)) {
        const byte low = lead == 0xf0 ? 0x90 : 0x80;
        const byte high = lead == 0xf4 ? 0x8f : 0xbf;
        const bool fits = left >= 4 && within(at[1], low, high);
        return fits && is_tail(at[2]) && is_tail(at[3]) ? 4 : 0;
    }
    return 0;
}

// What the lead byte announces, without a look at the rest.
std::size_t announced_size(byte lead) {
    if (lead < 0x80) return 1;
    if (lead < 0xe0) return 2;
    return lead < 0xf0 ? 3 : 4;
}

} // namespace

bool is_valid_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto left = text.size() - i;
        if (left >= stride && is_ascii_stride(text.data() + i)) {
            i += stride;
            continue;
        }
        const auto size = character_size(reinterpret_cast<const byte*>(text.data() + i), left);
        if (size == 0) return false;
        i += size;
    }
    return true;
}

std::size_t utf16_length(std::string_view utf8) {
    // One unit for each character, of which only the tail bytes are 10xxxxxx, and a second one for
    // those of four bytes, which become a surrogate pair.
    std::size_t units = 0;
    for (const char c : utf8) {
        const auto value = static_cast<byte>(c);
        units += !is_tail(value);
        units += value >= 0xf0;
    }
    return units;
}

std::optional<std::size_t> utf16_prefix(std::string_view utf8, std::size_t units) {
    std::size_t end = 0;
    while (units > 0) {
        const auto left = utf8.size() - end;
        if (left >= stride && units >= stride && is_ascii_stride(utf8.data() + end)) {
            end += stride;
            units -= stride;
            continue;
        }
        if (left == 0) return std::nullopt;
        const auto size = announced_size(static_cast<byte>(utf8[end]));
        const std::size_t taken = size == 4 ? 2 : 1;
        if (size > left || taken > units) return std::nullopt;
        end += size;
        units -= taken;
    }
    return end;
}

} // namespace sockeye::engineio
