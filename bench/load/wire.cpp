#include "wire.hpp"

#include <algorithm>
#include <charconv>
#include <strings.h>

namespace sockeye::bench {
namespace {

std::uint32_t next_mask() { // xorshift: fast, and not what anything is kept secret with
    static std::uint32_t state = 0x9e3779b9;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

int number_at(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

} // namespace

void append_masked_frame(std::string& to, char opcode, std::string_view payload) {
    const std::size_t n = payload.size();
    const int extended = n < 126 ? 0 : n < 65536 ? 2 : 8;
    const std::uint32_t mask = next_mask();
    to += char(0x80 | opcode);
    to += char(0x80 | (extended == 0 ? n : extended == 2 ? 126 : 127));
    for (int i = extended; i-- > 0;)
        to += char(n >> (8 * i));
    const char bytes[4] = {char(mask >> 24), char(mask >> 16), char(mask >> 8), char(mask)};
    to.append(bytes, 4);
    const std::size_t start = to.size();
    to += payload;
    for (std::size_t i = 0; i < n; ++i)
        to[start + i] ^= bytes[i % 4];
}

std::optional<server_frame> parse_frame(std::string_view bytes) {
    if (bytes.size() < 2) return {};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    server_frame f;
    f.first = byte(0);
    f.masked = (byte(1) & 0x80) != 0;
    std::uint64_t length = byte(1) & 127;
    const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
    const std::size_t head = 2 + extended;
    if (bytes.size() < head) return {};
    if (extended != 0) length = 0;
    for (std::size_t i = 0; i < extended; ++i)
        length = length << 8 | byte(2 + i);
    if (bytes.size() - head < length) return {};
    f.payload = bytes.substr(head, length);
    f.size = head + length;
    return f;
}

std::string_view find_header(std::string_view head, std::string_view name) {
    for (std::size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2)) {
        const std::string_view line = head.substr(at + 2);
        if (line.size() <= name.size() || line[name.size()] != ':') continue;
        if (strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
        std::string_view value = line.substr(name.size() + 1);
        value = value.substr(0, value.find("\r\n"));
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        return value;
    }
    return {};
}

std::optional<http_answer> parse_answer(std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == bytes.npos) return {};
    http_answer a;
    a.head = bytes.substr(0, end + 2);
    a.status = a.head.starts_with("HTTP/1.1 ") ? number_at(a.head.substr(9)) : 0;
    const std::string_view announced = find_header(a.head, "content-length");
    a.framed = !announced.empty() || a.status == 101;
    const std::size_t length = announced.empty() ? 0 : std::size_t(number_at(announced));
    if (bytes.size() - end - 4 < length) return {};
    a.body = bytes.substr(end + 4, length);
    a.size = end + 4 + length;
    return a;
}

std::string_view find_json_string(std::string_view json, std::string_view name) {
    const std::string key = "\"" + std::string(name) + "\":\"";
    const std::size_t at = json.find(key);
    if (at == json.npos) return {};
    const std::string_view value = json.substr(at + key.size());
    return value.substr(0, value.find('"'));
}

std::optional<std::int64_t> find_json_number(std::string_view json, std::string_view name) {
    const std::string key = "\"" + std::string(name) + "\":";
    const std::size_t at = json.find(key);
    if (at == json.npos) return {};
    std::int64_t value = 0;
    const char* begin = json.data() + at + key.size();
    const auto [end, error] = std::from_chars(begin, json.data() + json.size(), value);
    return error == std::errc{} ? std::optional(value) : std::nullopt;
}

} // namespace sockeye::bench
