#pragma once

#include <sockeye/engineio/packet.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sockeye::engineio {

// A payload is the body of one polling request or answer: many packets.
//
//   v4         4hello 1e bAQID            packets in text form, joined by the byte 0x1e
//   v3 text    6:4hello8:b4AQID           each led by its length in UTF-16 code units, as
//                                         JavaScript counts: "4€" is 2, an emoji alone is 2
//   v3 binary  00 06 ff 4hello            00 text or 01 binary, the length in bytes with one byte
//              01 04 ff 04 01 02 03       (0..9) per decimal digit, ff, the packet; the type is a
//                                         digit in text packets, a byte in binary ones

enum class payload_step { packet, end, error };

/// Reads a payload packet by packet, in order, in time linear in the body.
///
/// Text that is not UTF-8 is an error: handed on, it would reach other clients in WebSocket text
/// frames, and they would have to fail *their* connection (RFC 6455 §8.1).
class payload_reader {
public:
    /// `binary_body`: the request's content type is application/octet-stream, which only v3 has.
    /// More than `max_packets` packets are an error. `body` must outlive the reader.
    payload_reader(protocol version, bool binary_body, std::string_view body,
                   std::size_t max_packets);

    /// On `packet`, `out` is the next one; its data live until the next call and no longer than
    /// the body and the reader. `end` and `error` are final.
    payload_step next(packet_view& out);

private:
    struct piece {
        std::string_view bytes;
        bool binary_frame = false;
    };

    void skip_nothings();
    std::optional<piece> next_piece();
    std::optional<piece> next_piece_v4();
    std::optional<piece> next_piece_v3_text();
    std::optional<piece> next_piece_v3_binary();
    std::optional<packet_view> decode(const piece& from);

    protocol version_;
    bool binary_body_;
    std::string_view rest_;
    std::size_t packets_left_;
    payload_step state_ = payload_step::packet; // otherwise the final answer
    std::string scratch_;                       // of the current packet, if it came as base64
};

/// Appends a v4 payload of at least one packet, each in text form ("4hello", "bAQID").
void append_payload_v4(std::string& out, std::span<const std::string_view> pieces);

/// Appends a v3 text payload of packets in text form ("4hello", "b4AQID"); "0:" if there are none.
void append_payload_v3(std::string& out, std::span<const std::string_view> pieces);

/// Appends a v3 binary payload.
void append_binary_payload_v3(std::string& out, std::span<const packet_view> packets);

} // namespace sockeye::engineio
