#pragma once

#include "codec/websocket_decoder.hpp"
#include "io/connection.hpp"

#include <sockeye/engineio/options.hpp>

#include <string>
#include <string_view>

namespace sockeye::engineio {

class websocket_connection;

// Whose WebSocket it is: a session, that it carries or that it would like to take over.
class websocket_owner {
public:
    virtual void on_frame(websocket_connection& from, std::string_view data, bool binary) = 0;
    // The connection is closed, or about to be by the WebSocket's own rules.
    virtual void on_websocket_gone(websocket_connection& from, close_reason why,
                                   std::string_view detail) = 0;
    virtual void on_websocket_drained(websocket_connection& from) = 0;

protected:
    ~websocket_owner() = default;
};

// What the handshake settled.
struct websocket_terms {
    bool deflating = false;   // permessage-deflate was agreed on
    bool base64_only = false; // the client cannot take bytes
};

// Frames in, frames out. Answers pings and close frames by itself.
class websocket_connection final : public connection_driver {
public:
    websocket_connection(connection& link, websocket_owner& owner, const server_options& options,
                         websocket_terms terms);

    void write(const outgoing_ptr& packet, protocol revision, bool continues);
    [[nodiscard]] connection& link() { return *link_; }
    // Sends a close frame behind what is queued. The owner hears nothing more.
    void close(std::uint16_t code = 0);

    // Frames that came right behind the handshake.
    void take_input(std::string input);

private:
    void on_started(connection&) override {}
    void on_input(std::span<char> input) override;
    void on_drained() override;
    void on_lost() override;

    void on_ping(std::string_view data);
    [[nodiscard]] std::string_view frame_of(const outgoing& packet, protocol revision);
    void leave(close_reason why, std::string_view detail, std::uint16_t close_code);

    connection* link_;
    websocket_owner* owner_; // null once it hears nothing more
    const server_options& options_;
    std::uint32_t pongs_waiting_ = 0;
    const websocket_terms terms_;
    websocket_decoder decoder_;
};

} // namespace sockeye::engineio
