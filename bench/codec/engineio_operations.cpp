#include "codec/http_request_parser.hpp"
#include "codec/payload.hpp"
#include "codec/websocket_decoder.hpp"
#include "operations.hpp"

#include <sockeye/engineio/encoded.hpp>

#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::bench {
namespace {

using namespace engineio;

std::string text(std::size_t size) {
    std::string s = "4";
    while (s.size() < size)
        s += char('a' + s.size() % 26);
    return s;
}

std::string masked_frame(std::size_t size) {
    const unsigned char key[4] = {0x37, 0xfa, 0x21, 0x3d};
    std::string frame = "\x81";
    if (size < 126) {
        frame += char(0x80 | size);
    } else {
        frame += {'\xfe', char(size >> 8), char(size)};
    }
    frame.append(reinterpret_cast<const char*>(key), 4);
    std::string payload = text(size);
    unmask(payload.data(), payload.size(), key);
    return frame + payload;
}

struct frame_decoding {
    explicit frame_decoding(std::size_t size)
        : frame(masked_frame(size)), buffer(frame), decoder(websocket_limits{}) {}

    void operator()() {
        std::memcpy(buffer.data(), frame.data(), frame.size());
        std::span<char> input(buffer);
        must(decoder.next(input).kind == websocket_event_kind::message);
        must(decoder.next(input).kind == websocket_event_kind::need_more);
    }

    std::string frame;
    std::string buffer;
    websocket_decoder decoder;
};

// As a browser sends it.
const std::string poll_request =
    "GET /engine.io/?EIO=4&transport=polling&t=abc123&sid="
    "lv_VI97HAXpY6yYWAAAC HTTP/1.1\r\n"
    "Host: chat.example.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 "
    "Firefox/128.0\r\n"
    "Accept: */*\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Referer: https://chat.example.com/\r\n"
    "Connection: keep-alive\r\n"
    "Sec-Fetch-Dest: empty\r\n"
    "Sec-Fetch-Mode: cors\r\n"
    "Sec-Fetch-Site: same-origin\r\n\r\n";

struct request_parsing {
    void operator()() {
        std::string_view input = poll_request;
        must(parser.next(input) == http_step::head);
        must(parser.next(input) == http_step::complete);
        keep(parser.head());
        parser.reset();
    }

    http_request_parser parser{http_parser_limits{}};
};

struct payload_decoding {
    explicit payload_decoding(std::size_t packets) {
        const std::string packet = text(65);
        const std::vector<std::string_view> pieces(packets, packet);
        append_payload_v4(body, pieces);
    }

    void operator()() {
        payload_reader reader(protocol::v4, false, body, 10'000);
        for (packet_view packet; reader.next(packet) == payload_step::packet;)
            keep(packet);
    }

    std::string body;
};

struct payload_encoding {
    explicit payload_encoding(std::size_t packets) : packet(text(65)), pieces(packets, packet) {}

    void operator()() {
        out.clear();
        append_payload_v4(out, pieces);
        keep(out);
    }

    std::string packet, out;
    std::vector<std::string_view> pieces;
};

struct message_encoding {
    explicit message_encoding(std::size_t size) : data(text(size)) {}

    void operator()() {
        const outgoing_ptr message = outgoing::make(packet_type::message, data);
        keep(message->frame(protocol::v4));
    }

    std::string data;
};

struct copying {
    void operator()() {
        std::memcpy(to.data(), from.data(), from.size());
        keep(to);
    }

    std::string from = masked_frame(64), to = from;
};

} // namespace

operations engineio_operations() {
    return {
        {"copy-70", copying{}},
        {"decode-frame-64", [f = std::make_shared<frame_decoding>(64)] { (*f)(); }},
        {"decode-frame-16k", [f = std::make_shared<frame_decoding>(16384)] { (*f)(); }},
        {"encode-message-64", message_encoding(64)},
        {"encode-message-16k", message_encoding(16384)},
        {"parse-poll-request", [f = std::make_shared<request_parsing>()] { (*f)(); }},
        {"decode-payload-1", payload_decoding(1)},
        {"decode-payload-16", payload_decoding(16)},
        {"encode-payload-1", payload_encoding(1)},
        {"encode-payload-16", payload_encoding(16)},
    };
}

} // namespace sockeye::bench
