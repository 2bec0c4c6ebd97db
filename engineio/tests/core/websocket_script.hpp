#pragma once

#include "codec/websocket_decoder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A client's frames and what the decoder made of them, as short strings:
//
//     expect(frame(opcode::ping, "x") + text("hello"), {"ping x", "text hello"});
namespace sockeye::engineio::websocket_script {

struct frame_options {
    bool fin = true;
    unsigned rsv = 0; // bit 4 is RSV1
    bool masked = true;
    int length_bytes = 0; // of the extended length, if not the shortest form
    std::string_view key = "\x37\xfa\x21\x3d";
};

inline constexpr frame_options not_final{.fin = false, .key = "\x01\x02\x03\x04"};

inline std::string big_endian(std::uint64_t value, int bytes) {
    std::string out;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift);
    return out;
}

// Only the header, for a payload that never comes.
inline std::string header(unsigned op, std::uint64_t length, const frame_options& o = {}) {
    std::string out(1, static_cast<char>((o.fin ? 0x80u : 0u) | o.rsv << 4 | op));
    const int bytes = o.length_bytes ? o.length_bytes : length < 126 ? 0 : length < 65536 ? 2 : 8;
    const auto seven = bytes == 0 ? length : bytes == 2 ? 126u : 127u;
    out += static_cast<char>((o.masked ? 0x80u : 0u) | seven);
    if (bytes > 0) out += big_endian(length, bytes);
    return o.masked ? out.append(o.key) : out;
}

inline std::string frame(unsigned op, std::string payload, const frame_options& o = {}) {
    const auto head = header(op, payload.size(), o);
    for (std::size_t i = 0; o.masked && i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ o.key[i % 4]);
    return head + payload;
}

inline std::string frame(opcode op, std::string payload, const frame_options& o = {}) {
    return frame(static_cast<unsigned>(op), std::move(payload), o);
}

inline std::string text(std::string payload) {
    return frame(opcode::text, std::move(payload));
}

inline std::string close_with(std::uint16_t code, std::string reason = {}) {
    return frame(opcode::close, big_endian(code, 2) + std::move(reason));
}

inline std::string describe(const websocket_event& event) {
    const auto code = std::to_string(event.close_code);
    switch (event.kind) {
    case websocket_event_kind::need_more:
        return "need more";
    case websocket_event_kind::message:
        return (event.binary ? "binary " : "text ") + std::string(event.data);
    case websocket_event_kind::ping:
        return "ping " + std::string(event.data);
    case websocket_event_kind::pong:
        return "pong " + std::string(event.data);
    case websocket_event_kind::close:
        return "close " + code + " " + std::string(event.data);
    case websocket_event_kind::error:
        return "error " + code + (event.data.empty() ? " without a text" : "");
    }
    return "unknown event";
}

using transcript = std::vector<std::string>;

// Each piece lies in memory of its own, which is gone when the next one is read.
inline void feed(websocket_decoder& decoder, std::string_view piece, transcript& events) {
    const auto buffer = std::make_unique<char[]>(piece.size());
    std::ranges::copy(piece, buffer.get());
    std::span<char> input(buffer.get(), piece.size());
    for (;;) {
        const auto event = decoder.next(input);
        if (event.kind == websocket_event_kind::need_more) break;
        events.push_back(describe(event));
    }
    CHECK(input.empty());
}

struct setting {
    websocket_limits limits{};
    bool deflate = false;
};

inline transcript decode(const std::vector<std::string_view>& pieces, const setting& s = {}) {
    inflater inflate;
    websocket_decoder decoder(s.limits, s.deflate ? &inflate : nullptr);
    transcript events;
    for (const auto piece : pieces)
        feed(decoder, piece, events);
    return events;
}

inline std::vector<std::string_view> single_bytes(std::string_view wire) {
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < wire.size(); ++i)
        pieces.push_back(wire.substr(i, 1));
    return pieces;
}

inline bool ends_connection(const transcript& events) {
    return !events.empty() &&
           (events.back().starts_with("close") || events.back().starts_with("error"));
}

// The same events, however the bytes arrive: whole, one by one, in two parts cut anywhere (of much,
// at some places only), and with a ping behind them, which is only seen if the connection stands.
inline void expect(const std::string& wire, const transcript& events, const setting& s = {}) {
    CHECK(decode({wire}, s) == events);
    CHECK(decode(single_bytes(wire), s) == events);
    for (std::size_t cut = 1; cut<wire.size(); cut += wire.size()> 1000 && cut > 20 ? 997 : 1) {
        CAPTURE(cut);
        const std::string_view all(wire);
        REQUIRE(decode({all.substr(0, cut), all.substr(cut)}, s) == events);
    }
    auto more_events = events;
    if (!ends_connection(events)) more_events.push_back("ping more");
    CHECK(decode({wire + frame(opcode::ping, "more")}, s) == more_events);
}

} // namespace sockeye::engineio::websocket_script
