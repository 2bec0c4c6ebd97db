#include "websocket_client.hpp"

namespace sockeye::bench {
namespace {

constexpr char text = 1, close_opcode = 8;

// The key and the answer to it that RFC 6455 §1.3 works out: no client here needs a hash.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accepted = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

} // namespace

void websocket_client::open() {
    link_.connect(reactor_, target_.port, number_, *this);
}

void websocket_client::on_connected(tcp_link&) {
    std::string request = "GET " + target_.path + "?EIO=4&transport=websocket HTTP/1.1\r\n";
    request += "Host: 127.0.0.1:" + std::to_string(target_.port) + "\r\n";
    request += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
    request.append("Sec-WebSocket-Key: ").append(key).append("\r\n\r\n");
    link_.send(request);
}

void websocket_client::queue_message(std::string_view message) {
    static std::string packet;
    packet.assign("4").append(message);
    append_masked_frame(answer_, text, packet);
}

void websocket_client::flush() {
    link_.send(answer_);
    answer_.clear();
}

void websocket_client::close() {
    stage_ = stage::closing;
    append_masked_frame(answer_, close_opcode, "\x03\xe8"); // 1000, a normal end
    flush();
}

void websocket_client::on_end(tcp_link&) {
    if (stage_ != stage::closing) on_lost();
    stage_ = stage::ended;
    ++board_.ended;
}

std::size_t websocket_client::on_bytes(tcp_link&, std::string_view bytes) {
    std::size_t used = 0;
    if (stage_ == stage::connecting) used = take_handshake(bytes);
    if (stage_ == stage::connecting) return used;
    while (board_.failure.empty()) {
        const auto frame = parse_frame(bytes.substr(used));
        if (!frame) break;
        take_frame(*frame);
        used += frame->size;
    }
    on_read_over();
    return used;
}

std::size_t websocket_client::take_handshake(std::string_view bytes) {
    const auto answer = parse_answer(bytes);
    if (!answer) return 0;
    if (answer->status != 101 || find_header(answer->head, "sec-websocket-accept") != accepted)
        fail_at("the handshake was refused", bytes);
    else
        stage_ = stage::upgraded;
    return answer->size;
}

void websocket_client::take_frame(const server_frame& f) {
    constexpr std::uint8_t whole_text = 0x80 | text, whole_close = 0x80 | close_opcode;
    if (f.masked) return fail("a masked frame from the server");
    if (f.first == whole_close && stage_ == stage::closing) return; // the end follows
    if (f.first != whole_text || f.payload.empty())
        return fail("an unexpected frame, first byte " + std::to_string(f.first));
    take_packet(f.payload);
}

void websocket_client::take_packet(std::string_view packet) {
    if (packet[0] == '4' && stage_ == stage::open) {
        on_message(packet.substr(1));
    } else if (packet == "2") {
        ++board_.pings;
        append_masked_frame(answer_, text, "3");
    } else if (packet[0] == '0' && stage_ == stage::upgraded) {
        stage_ = stage::open;
        on_open();
    } else {
        fail_at("an unexpected packet", packet);
    }
}

} // namespace sockeye::bench
