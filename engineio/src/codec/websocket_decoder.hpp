#pragma once

#include "codec/deflate.hpp"
#include "codec/websocket_frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace sockeye::engineio {

struct websocket_limits {
    /// Bytes of one message: all its fragments together, as received and again once inflated.
    std::size_t max_message = 1'000'000;
    /// Frames of one message. Empty ones count, for they cost us time too.
    std::size_t max_fragments = 16'384;
};

enum class websocket_event_kind : std::uint8_t {
    need_more, // the input is used up
    message,   // data is a complete message: inflated, and valid UTF-8 if it is text
    ping,      // data is what the pong must carry
    pong,
    close, // close_code is the peer's (1005 if it sent none), data its reason
    error, // the peer broke a rule: close_code is to be sent, data is a static text for the log
};

struct websocket_event {
    websocket_event_kind kind = websocket_event_kind::need_more;
    bool binary = false;
    std::string_view data{}; // valid until the next call of next(), and while its input is
    std::uint16_t close_code = 0;
};

/// Turns what a client sends into events (RFC 6455, with RFC 7692 if an inflater is given).
///
///     while ((event = decoder.next(input)).kind != websocket_event_kind::need_more) handle(event);
///
/// The caller's buffer serves all its connections, so next() leaves nothing behind in it when it
/// says need_more. After a close or an error everything further is swallowed. The inflater, shared
/// by all decoders of a thread, outlives them.
class websocket_decoder {
public:
    explicit websocket_decoder(const websocket_limits& limits, inflater* inflate = nullptr);
    ~websocket_decoder();
    websocket_decoder(websocket_decoder&&) noexcept;
    websocket_decoder& operator=(websocket_decoder&&) noexcept;

    /// Consumes from the front of `input` and unmasks in place.
    websocket_event next(std::span<char>& input);

private:
    struct frame_header;
    struct partial;

    std::optional<frame_header> take_header(std::span<char>& input);
    std::string_view broken_rule(const frame_header& frame) const;
    websocket_event start_frame(std::span<char>& input);
    websocket_event continue_frame(std::span<char>& input);
    websocket_event finish_control(opcode op, std::string_view payload);
    websocket_event finish_close(std::string_view payload);
    websocket_event finish_message(bool binary, bool compressed, std::string_view payload);
    websocket_event fail(std::uint16_t close_code, std::string_view why);

    // Two bytes, a 64-bit length, a masking key (RFC 6455 §5.2).
    static constexpr std::size_t max_client_header = 14;

    // An idle connection owns these bytes and no others: what belongs to a frame or a message that
    // has not arrived completely lives in `partial_`, and no longer than that.
    websocket_limits limits_;
    inflater* inflate_;
    std::unique_ptr<partial> partial_;
    std::array<char, max_client_header> header_{}; // of a header cut by the end of the input
    std::uint8_t header_size_ = 0;
    bool finished_ = false; // a close or an error was reported
};

static_assert(sizeof(websocket_decoder) <= 64);

} // namespace sockeye::engineio
