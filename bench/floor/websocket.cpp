#include "floor.hpp"

#include <openssl/evp.h>

#include <cstring>

namespace sockeye::bench {
namespace {

void unmask(char* data, std::size_t size, const char* mask) {
    std::uint32_t narrow = 0;
    std::memcpy(&narrow, mask, 4);
    const std::uint64_t wide = std::uint64_t(narrow) << 32 | narrow;
    std::size_t i = 0;
    for (std::uint64_t word; i + 8 <= size; i += 8) {
        std::memcpy(&word, data + i, 8);
        word ^= wide;
        std::memcpy(data + i, &word, 8);
    }
    for (; i < size; ++i)
        data[i] ^= mask[i % 4];
}

} // namespace

void append_frame(std::string& to, char first, std::string_view payload) {
    const std::size_t n = payload.size();
    const int extended = n < 126 ? 0 : n < 65536 ? 2 : 8;
    to += first;
    to += char(extended == 0 ? n : extended == 2 ? 126 : 127);
    for (int i = extended; i-- > 0;)
        to += char(n >> (8 * i));
    to += payload;
}

std::size_t take_frame(int fd, char* bytes, std::size_t available) {
    if (available < 6) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    std::size_t length = byte(1) & 127;
    const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
    const std::size_t head = 6 + extended;
    if (available < head) return 0;
    if (extended != 0) length = 0;
    for (std::size_t i = 0; i < extended; ++i)
        length = length << 8 | byte(2 + i);
    if (available - head < length) return 0;

    unmask(bytes + head, length, bytes + head - 4);
    const std::string_view payload(bytes + head, length);
    if ((byte(0) & 15) == 8)
        append_frame(reply, '\x88', payload);
    else if (!payload.starts_with('4'))
        return head + length; // a pong
    else if (connections[fd].speaks == contract::socketio)
        take_socketio_packet(fd, payload);
    else
        deliver(payload, [](std::string_view p) { append_frame(reply, '\x81', p); });
    return head + length;
}

void open_websocket(int fd, std::string_view head) {
    static EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    static std::size_t opened = 0;
    std::string key(find_header(head, "sec-websocket-key"));
    key += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[20], accept[29];
    EVP_Digest(key.data(), key.size(), digest, nullptr, sha1, nullptr);
    EVP_EncodeBlock(accept, digest, sizeof digest);
    reply += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: ";
    reply += reinterpret_cast<const char*>(accept);
    reply += "\r\n\r\n";
    append_frame(reply, '\x81', open_packet(opened++));

    connection& c = connections[fd];
    c.speaks = head.starts_with("GET /socket.io/") ? contract::socketio : contract::engineio;
    c.ping_bucket = std::uint8_t(now_s() % ping_interval_s);
    c.ping_position = std::uint32_t(ping_buckets[c.ping_bucket].size());
    ping_buckets[c.ping_bucket].push_back(fd);
}

} // namespace sockeye::bench
