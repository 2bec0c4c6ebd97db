#include "codec/base64.hpp"

#include <array>
#include <cstdint>

namespace sockeye::engineio {
namespace {

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t pass_over = 64;
constexpr std::uint8_t stop = 65;

constexpr std::size_t index(char c) {
    return static_cast<unsigned char>(c);
}

constexpr std::array<std::uint8_t, 256> make_sextets() {
    std::array<std::uint8_t, 256> table{};
    table.fill(pass_over);
    for (std::uint8_t value = 0; value < 64; ++value) {
        table[index(base64_alphabet[value])] = value;
        table[index(base64url_alphabet[value])] = value;
    }
    table[index('=')] = stop;
    return table;
}

constexpr auto sextets = make_sextets();

// Writes the `count` upper bytes of a group of 24 bits.
char* put_bytes(char* to, std::uint32_t group, unsigned count) {
    for (unsigned i = 0; i < count; ++i)
        *to++ = static_cast<char>(group >> (16 - 8 * i));
    return to;
}

// Writes the `count` upper sextets of a group of 24 bits.
char* put_sextets(char* to, std::uint32_t group, unsigned count, std::string_view alphabet) {
    for (unsigned i = 0; i < count; ++i)
        *to++ = alphabet[(group >> (18 - 6 * i)) & 63];
    return to;
}

// Four good characters in a row are by far the usual case: one test for all of them.
bool read_group(const char* from, std::uint32_t& group) {
    const std::uint32_t a = sextets[index(from[0])];
    const std::uint32_t b = sextets[index(from[1])];
    const std::uint32_t c = sextets[index(from[2])];
    const std::uint32_t d = sextets[index(from[3])];
    group = a << 18 | b << 12 | c << 6 | d;
    return (a | b | c | d) < 64;
}

// Appends without padding; returns how many characters of padding would complete the text.
std::size_t encode(std::string& out, std::string_view bytes, std::string_view alphabet) {
    const auto start = out.size();
    const auto left = bytes.size() % 3;
    const auto padding = left == 0 ? 0 : 3 - left;
    out.resize(start + (bytes.size() + 2) / 3 * 4 - padding);
    char* to = out.data() + start;
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const auto group = static_cast<std::uint32_t>(
            index(bytes[i]) << 16 | index(bytes[i + 1]) << 8 | index(bytes[i + 2]));
        to = put_sextets(to, group, 4, alphabet);
    }
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < left; ++k)
        group |= static_cast<std::uint32_t>(index(bytes[i + k]) << (16 - 8 * k));
    if (left != 0) put_sextets(to, group, static_cast<unsigned>(left) + 1, alphabet);
    return padding;
}

} // namespace

void base64_encode(std::string& out, std::string_view bytes) {
    out.append(encode(out, bytes, base64_alphabet), '=');
}

void base64url_encode(std::string& out, std::string_view bytes) {
    encode(out, bytes, base64url_alphabet);
}

void base64_decode(std::string& out, std::string_view text) {
    const auto start = out.size();
    out.resize(start + (text.size() + 3) / 4 * 3);
    char* to = out.data() + start;
    std::uint32_t group = 0;
    unsigned held = 0; // sextets in `group`
    for (std::size_t i = 0; i < text.size();) {
        if (held == 0 && text.size() - i >= 4 && read_group(text.data() + i, group)) {
            to = put_bytes(to, group, 3);
            i += 4;
            continue;
        }
        const auto sextet = sextets[index(text[i++])];
        if (sextet == stop) break;
        if (sextet == pass_over) continue;
        group = (held == 0 ? 0 : group) | static_cast<std::uint32_t>(sextet) << (18 - 6 * held);
        if (++held < 4) continue;
        to = put_bytes(to, group, 3);
        held = 0;
    }
    if (held >= 2) to = put_bytes(to, group, held - 1);
    out.resize(static_cast<std::size_t>(to - out.data()));
}

} // namespace sockeye::engineio
