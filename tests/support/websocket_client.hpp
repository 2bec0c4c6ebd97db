#pragma once

#include "raw_client.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace sockeye::testing {

// What an opening request must contain, for those who write it by hand.
inline constexpr std::string_view upgrade_fields =
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

// A client's frame, masked. `first` is its first byte, sense or nonsense: 0x81 is a whole text.
std::string masked_frame(unsigned char first, std::string_view payload);
std::string text_frame(std::string_view payload);

struct received_frame {
    unsigned char first = 0;
    std::string payload;
};

// A blocking WebSocket client over a connection of any kind. Nothing happens by itself: pings are
// not answered, close frames neither. Throws like raw_client.
class websocket_client {
public:
    // Shakes hands, with `behind` in the same segment; throws where the answer is not 101.
    websocket_client(std::unique_ptr<raw_client> link, std::string_view target,
                     std::string_view fields = {}, std::string_view behind = {});
    websocket_client(unsigned short port, std::string_view target, std::string_view fields = {},
                     std::string_view behind = {});

    [[nodiscard]] const http_answer& handshake() const { return handshake_; }

    void send_text(std::string_view payload);
    void send_binary(std::string_view payload);
    void send(std::string_view bytes) { link_->send(bytes); } // frames made elsewhere

    received_frame read_frame();
    std::string read_text();   // a whole text frame must be next
    std::string read_binary(); // likewise
    // A close frame must be next, and the end of the stream behind it: "1002 and the reason",
    // "1009" without one, "" without a code.
    std::string read_close();

    raw_client& link() { return *link_; }

private:
    std::string read_payload(unsigned char first);

    std::unique_ptr<raw_client> link_;
    http_answer handshake_;
};

} // namespace sockeye::testing
