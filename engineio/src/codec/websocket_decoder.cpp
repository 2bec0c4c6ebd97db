#include "codec/websocket_decoder.hpp"

#include "codec/utf8.hpp"

#include <algorithm>
#include <cstring>
#include <string>

// How a frame goes through here.
//
// Its header is read where it lies, or collected in `header_` if the input ends inside it, and
// checked as a whole before anything is taken for the payload. Almost every frame is a message of
// its own (or a control frame) and lies in the input completely: it is unmasked there and handed
// out as a view. Everything else goes through `partial_`: frames that the input cuts, which are
// unmasked as they come, and messages in fragments. Control frames may arrive between fragments
// (RFC 6455 §5.4) and be cut themselves, hence a place of their own in `partial`.
//
// The internal functions return need_more for "no event yet, go on".

namespace sockeye::engineio {
namespace {

constexpr unsigned fin_bit = 0x80;
constexpr unsigned rsv_bits = 0x70;
constexpr unsigned rsv1_bit = 0x40;
constexpr unsigned opcode_bits = 0x0f;
constexpr unsigned control_bit = 0x08;
constexpr unsigned mask_bit = 0x80;
constexpr std::size_t key_size = 4;

// RFC 6455 §7.4.1.
constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t no_code_received = 1005;
constexpr std::uint16_t invalid_payload = 1007;
constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t message_too_big = 1009;

constexpr std::string_view too_big_text = "Max payload size exceeded";

unsigned byte_at(const char* p, std::size_t i) {
    return static_cast<unsigned char>(p[i]);
}

std::uint64_t read_big_endian(const char* p, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
        value = value << 8 | byte_at(p, i);
    return value;
}

// Size of the extended length that the second byte of a header announces.
std::size_t extended_length_size(const char* header) {
    switch (byte_at(header, 1) & ~mask_bit) {
    case 126:
        return 2;
    case 127:
        return 8;
    default:
        return 0;
    }
}

// How long the header is of which `available` bytes begin at `p`; before the second is there, that
// many are.
std::size_t header_size(const char* p, std::size_t available) {
    if (available < 2) return 2;
    return 2 + extended_length_size(p) + (byte_at(p, 1) & mask_bit ? key_size : 0);
}

bool may_be_sent(std::uint16_t code) {
    // 1004-1006 and 1015 never travel; 1012-1014 were registered after the RFC.
    if (code >= 1000 && code <= 1014) return code < 1004 || code > 1006;
    return code >= 3000 && code <= 4999;
}

std::string_view take(std::span<char>& input, std::size_t n) {
    const std::string_view taken(input.data(), n);
    input = input.subspan(n);
    return taken;
}

} // namespace

struct websocket_decoder::frame_header {
    explicit frame_header(const char* p);

    bool is_control() const { return static_cast<unsigned>(op) & control_bit; }
    bool is_continuation() const { return op == opcode::continuation; }
    // Nothing before and nothing after is needed to make sense of it.
    bool stands_alone() const { return is_control() || (fin && !is_continuation()); }
    bool compressed() const { return rsv & rsv1_bit; }

    bool fin;
    bool masked;
    unsigned rsv;
    opcode op;
    std::uint64_t length;
    unsigned char key[key_size] = {};
};

websocket_decoder::frame_header::frame_header(const char* p)
    : fin(byte_at(p, 0) & fin_bit), masked(byte_at(p, 1) & mask_bit), rsv(byte_at(p, 0) & rsv_bits),
      op(static_cast<opcode>(byte_at(p, 0) & opcode_bits)), length(byte_at(p, 1) & ~mask_bit) {
    // A length in more bytes than it needs is against §5.2, does no harm, and is taken by `ws` too.
    const std::size_t extended = extended_length_size(p);
    if (extended > 0) length = read_big_endian(p + 2, extended);
    if (masked) std::memcpy(key, p + 2 + extended, key_size);
}

struct websocket_decoder::partial {
    bool is_handed_out() const { return !in_frame && !in_message; }
    std::string_view control_payload() const { return {control.data(), received}; }

    void start_frame(const frame_header& header);
    void append(std::span<char> piece);

    // The frame whose payload is arriving.
    bool in_frame = false;
    bool fin = false;
    opcode op = opcode::continuation;
    unsigned char key[key_size] = {};
    std::uint64_t missing = 0;
    std::size_t received = 0;
    std::array<char, max_control_payload> control;

    // The message it belongs to, or around it if it is a control frame.
    bool in_message = false;
    bool binary = false;
    bool compressed = false;
    std::size_t fragments = 0;
    std::string message;
    std::string inflated;
};

void websocket_decoder::partial::start_frame(const frame_header& header) {
    in_frame = true;
    fin = header.fin;
    op = header.op;
    std::memcpy(key, header.key, sizeof key);
    missing = header.length;
    received = 0;
    if (header.is_control()) return;

    if (!in_message) {
        in_message = true;
        binary = header.op == opcode::binary;
        compressed = header.compressed();
    }
    ++fragments;
}

void websocket_decoder::partial::append(std::span<char> piece) {
    unmask(piece.data(), piece.size(), key, received);
    if (static_cast<unsigned>(op) & control_bit) {
        std::ranges::copy(piece, control.begin() + received);
    } else {
        // Exactly what the frame needs, but never more than twice what really came.
        const std::size_t arrived = message.size() + piece.size();
        const auto needed = static_cast<std::size_t>(message.size() + missing);
        if (arrived > message.capacity()) message.reserve(std::min(needed, 2 * arrived));
        message.append(piece.data(), piece.size());
    }
    received += piece.size();
    missing -= piece.size();
}

websocket_decoder::websocket_decoder(const websocket_limits& limits, inflater* inflate)
    : limits_(limits), inflate_(inflate) {}
websocket_decoder::~websocket_decoder() = default;
websocket_decoder::websocket_decoder(websocket_decoder&&) noexcept = default;
websocket_decoder& websocket_decoder::operator=(websocket_decoder&&) noexcept = default;

websocket_event websocket_decoder::next(std::span<char>& input) {
    if (partial_ && (finished_ || partial_->is_handed_out())) partial_.reset();
    while (!input.empty() && !finished_) {
        const auto event =
            partial_ && partial_->in_frame ? continue_frame(input) : start_frame(input);
        if (event.kind != websocket_event_kind::need_more) return event;
    }
    input = {};
    return {};
}

std::optional<websocket_decoder::frame_header>
websocket_decoder::take_header(std::span<char>& input) {
    if (header_size_ == 0 && input.size() >= header_size(input.data(), input.size()))
        return frame_header(take(input, header_size(input.data(), input.size())).data());

    while (header_size_ < header_size(header_.data(), header_size_)) {
        if (input.empty()) return std::nullopt;
        header_[header_size_++] = take(input, 1).front();
    }
    header_size_ = 0;
    return frame_header(header_.data());
}

websocket_event websocket_decoder::start_frame(std::span<char>& input) {
    const auto frame = take_header(input);
    if (!frame) return {};
    if (const auto rule = broken_rule(*frame); !rule.empty()) return fail(protocol_error, rule);
    if (!frame->is_control()) {
        const std::size_t assembled = partial_ ? partial_->message.size() : 0;
        if (frame->length > limits_.max_message - assembled)
            return fail(message_too_big, too_big_text);
        // `ws` closes with this code too: it is about how the message came, not how big it is.
        if ((partial_ ? partial_->fragments : 0) >= limits_.max_fragments)
            return fail(policy_violation, "Too many message fragments");
    }

    if (frame->stands_alone() && frame->length <= input.size()) {
        const auto payload = input.first(static_cast<std::size_t>(frame->length));
        unmask(payload.data(), payload.size(), frame->key);
        take(input, payload.size());
        const std::string_view data(payload.data(), payload.size());
        return frame->is_control()
                   ? finish_control(frame->op, data)
                   : finish_message(frame->op == opcode::binary, frame->compressed(), data);
    }
    if (!partial_) partial_ = std::make_unique<partial>();
    partial_->start_frame(*frame);
    return continue_frame(input);
}

// RFC 6455 §5.2, §5.4, §5.5; RFC 7692 §6. The rule that a frame breaks, if it breaks one.
std::string_view websocket_decoder::broken_rule(const frame_header& frame) const {
    const bool in_message = partial_ && partial_->in_message;
    const bool may_be_compressed = inflate_ && !frame.is_control() && !frame.is_continuation();
    if (frame.rsv & ~(may_be_compressed ? rsv1_bit : 0)) return "unexpected reserved bit";
    if (!frame.masked) return "frame is not masked";
    switch (frame.op) {
    case opcode::continuation:
        return in_message ? "" : "continuation of nothing";
    case opcode::text:
    case opcode::binary:
        return in_message ? "message inside a fragmented message" : "";
    case opcode::close:
    case opcode::ping:
    case opcode::pong:
        if (!frame.fin) return "fragmented control frame";
        return frame.length > max_control_payload ? "control frame too long" : "";
    }
    return "unknown opcode";
}

websocket_event websocket_decoder::continue_frame(std::span<char>& input) {
    const auto n = std::min<std::uint64_t>(partial_->missing, input.size());
    partial_->append(input.first(static_cast<std::size_t>(n)));
    input = input.subspan(static_cast<std::size_t>(n));
    if (partial_->missing > 0) return {};

    partial_->in_frame = false;
    if (static_cast<unsigned>(partial_->op) & control_bit)
        return finish_control(partial_->op, partial_->control_payload());
    if (!partial_->fin) return {};
    partial_->in_message = false;
    return finish_message(partial_->binary, partial_->compressed, partial_->message);
}

websocket_event websocket_decoder::finish_control(opcode op, std::string_view payload) {
    if (op == opcode::close) return finish_close(payload);
    const auto kind = op == opcode::ping ? websocket_event_kind::ping : websocket_event_kind::pong;
    return {.kind = kind, .data = payload};
}

// RFC 6455 §5.5.1 and §7.4.
websocket_event websocket_decoder::finish_close(std::string_view payload) {
    constexpr std::size_t code_size = 2;
    websocket_event event{.kind = websocket_event_kind::close, .close_code = no_code_received};
    if (!payload.empty()) {
        if (payload.size() < code_size) return fail(protocol_error, "close code of one byte");
        event.close_code = static_cast<std::uint16_t>(read_big_endian(payload.data(), code_size));
        event.data = payload.substr(code_size);
        if (!may_be_sent(event.close_code)) return fail(protocol_error, "invalid close code");
        if (!is_valid_utf8(event.data)) return fail(invalid_payload, "close reason is not UTF-8");
    }
    finished_ = true;
    return event;
}

websocket_event websocket_decoder::finish_message(bool binary, bool compressed,
                                                  std::string_view payload) {
    if (compressed) {
        if (!partial_) partial_ = std::make_unique<partial>();
        auto& inflated = partial_->inflated;
        switch (inflate_->inflate_message(payload, limits_.max_message, inflated)) {
        case inflater::status::ok:
            break;
        case inflater::status::too_big:
            return fail(message_too_big, too_big_text);
        case inflater::status::corrupt:
            return fail(invalid_payload, "corrupt compressed message");
        }
        payload = inflated;
    }
    // Cut at any byte, a message is text only as a whole (RFC 6455 §5.6).
    if (!binary && !is_valid_utf8(payload)) return fail(invalid_payload, "text is not UTF-8");
    return {.kind = websocket_event_kind::message, .binary = binary, .data = payload};
}

websocket_event websocket_decoder::fail(std::uint16_t close_code, std::string_view why) {
    finished_ = true;
    partial_.reset();
    return {.kind = websocket_event_kind::error, .data = why, .close_code = close_code};
}

} // namespace sockeye::engineio
