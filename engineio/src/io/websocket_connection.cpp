#include "io/websocket_connection.hpp"

#include "codec/websocket_frame.hpp"

#include <utility>

namespace sockeye::engineio {

websocket_connection::websocket_connection(connection& link, websocket_owner& owner,
                                           const server_options& options, websocket_terms terms)
    : link_(&link), owner_(&owner), options_(options), terms_(terms),
      decoder_({.max_message = options.max_payload, .max_fragments = options.max_fragments},
               terms.deflating ? &link.home().inflate() : nullptr) {
    link.set_pause_mark(options.queue.pause_reading_above);
    if (terms.deflating) link.read_little_at_once();
}

// ---- in

void websocket_connection::on_input(std::span<char> input) {
    while (owner_) {
        const websocket_event event = decoder_.next(input);
        switch (event.kind) {
        case websocket_event_kind::need_more:
            return;
        case websocket_event_kind::message:
            owner_->on_frame(*this, event.data, event.binary);
            break;
        case websocket_event_kind::ping:
            on_ping(event.data);
            break;
        case websocket_event_kind::pong:
            break;
        case websocket_event_kind::close:
            // RFC 6455 §5.5.1: the answer repeats the code.
            return leave(close_reason::transport_close, event.data,
                         event.close_code == 1005 ? 0 : event.close_code);
        case websocket_event_kind::error:
            return leave(close_reason::transport_error, event.data, event.close_code);
        }
    }
}

void websocket_connection::take_input(std::string input) {
    if (!input.empty()) on_input({input.data(), input.size()});
}

void websocket_connection::on_ping(std::string_view data) {
    // Only those count that the peer leaves unread, not what one segment of its pings brought.
    if (pongs_waiting_ >= options_.max_pending_pongs) link_->flush_now();
    if (!link_->is_open()) return;
    if (pongs_waiting_ >= options_.max_pending_pongs)
        return leave(close_reason::transport_error, "too many pings", 1008);
    ++pongs_waiting_;
    char header[max_frame_header];
    std::string pong(header, write_frame_header(header, opcode::pong, data.size()));
    link_->write(pong.append(data));
}

// ---- out

void websocket_connection::write(const outgoing_ptr& packet, protocol revision, bool continues) {
    link_->write(packet, frame_of(*packet, revision), continues);
}

std::string_view websocket_connection::frame_of(const outgoing& packet, protocol revision) {
    if (terms_.base64_only && packet.binary()) return packet.text_frame(revision);
    const bool deflate = terms_.deflating && packet.compress() &&
                         packet.size() >= options_.per_message_deflate->threshold;
    return deflate ? packet.deflated_frame(revision, link_->home().deflate())
                   : packet.frame(revision);
}

void websocket_connection::on_drained() {
    pongs_waiting_ = 0;
    if (owner_) owner_->on_websocket_drained(*this);
}

// ---- the end

void websocket_connection::close(std::uint16_t code) {
    if (!std::exchange(owner_, nullptr)) return;
    link_->write(close_frame(code));
    link_->close_gently(options_.websocket_close_timeout);
}

void websocket_connection::leave(close_reason why, std::string_view detail,
                                 std::uint16_t close_code) {
    websocket_owner* const owner = owner_;
    const std::string reason(detail); // may lie in the input, which others will read into
    close(close_code);
    if (owner) owner->on_websocket_gone(*this, why, reason);
}

void websocket_connection::on_lost() {
    if (websocket_owner* const owner = std::exchange(owner_, nullptr))
        owner->on_websocket_gone(*this, close_reason::transport_close, "connection lost");
}

} // namespace sockeye::engineio
