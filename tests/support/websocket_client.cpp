#include "websocket_client.hpp"

#include <cstdint>
#include <stdexcept>
#include <utility>

namespace sockeye::testing {
namespace {

constexpr std::string_view mask = "\x37\xfa\x21\x3d";

std::string big_endian(std::uint64_t value, int bytes) {
    std::string out;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift);
    return out;
}

std::uint64_t from_big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes)
        value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

} // namespace

std::string masked_frame(unsigned char first, std::string_view payload) {
    std::string out(1, static_cast<char>(first));
    if (payload.size() < 126)
        out += static_cast<char>(0x80 | payload.size());
    else if (payload.size() < 65536)
        out.append("\xfe").append(big_endian(payload.size(), 2));
    else
        out.append("\xff").append(big_endian(payload.size(), 8));
    out += mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
        out += static_cast<char>(payload[i] ^ mask[i % mask.size()]);
    return out;
}

std::string text_frame(std::string_view payload) {
    return masked_frame(0x81, payload);
}

websocket_client::websocket_client(std::unique_ptr<raw_client> link, std::string_view target,
                                   std::string_view fields, std::string_view behind)
    : link_(std::move(link)) {
    link_->send(
        request("GET", target, {}, std::string(upgrade_fields).append(fields)).append(behind));
    handshake_ = link_->read_answer();
    if (handshake_.status != 101)
        throw std::runtime_error("not upgraded: " + handshake_.head + handshake_.body);
}

websocket_client::websocket_client(unsigned short port, std::string_view target,
                                   std::string_view fields, std::string_view behind)
    : websocket_client(std::make_unique<raw_client>(port), target, fields, behind) {}

void websocket_client::send_text(std::string_view payload) {
    send(text_frame(payload));
}

void websocket_client::send_binary(std::string_view payload) {
    send(masked_frame(0x82, payload));
}

received_frame websocket_client::read_frame() {
    const std::string start = link_->read_exactly(2);
    const auto length = static_cast<unsigned char>(start[1]);
    if (length > 127) throw std::runtime_error("a server's frame is masked");
    std::uint64_t size = length;
    if (length == 126) size = from_big_endian(link_->read_exactly(2));
    if (length == 127) size = from_big_endian(link_->read_exactly(8));
    return {static_cast<unsigned char>(start[0]), link_->read_exactly(size)};
}

std::string websocket_client::read_payload(unsigned char first) {
    received_frame frame = read_frame();
    if (frame.first != first)
        throw std::runtime_error("another kind of frame, first byte " +
                                 std::to_string(frame.first) + ": " + frame.payload);
    return std::move(frame.payload);
}

std::string websocket_client::read_text() {
    return read_payload(0x81);
}

std::string websocket_client::read_binary() {
    return read_payload(0x82);
}

std::string websocket_client::read_close() {
    const std::string payload = read_payload(0x88);
    if (const std::string more = link_->read_until_close(); !more.empty())
        throw std::runtime_error("bytes behind a close frame: " + more);
    if (payload.size() < 2) return payload;
    std::string text = std::to_string(from_big_endian(payload.substr(0, 2)));
    return payload.size() == 2 ? text : text + ' ' + payload.substr(2);
}

} // namespace sockeye::testing
