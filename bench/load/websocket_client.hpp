#pragma once

#include "client.hpp"
#include "tcp_link.hpp"
#include "wire.hpp"

namespace sockeye::bench {

// An Engine.IO session over WebSocket; what its messages mean, a class derived of it knows.
class websocket_client : public client, private tcp_link::user {
public:
    websocket_client(std::uint32_t number, scoreboard& board, reactor& r, const target& to)
        : client(number, board), reactor_(r), target_(to) {}

    void open() override;
    void close() override;

protected:
    virtual void on_open() = 0;
    virtual void on_message(std::string_view message) = 0;

    virtual void on_read_over() { flush(); }
    // Nobody has asked for it.
    virtual void on_lost() { fail("the server ended the connection"); }

    // Leaves when the current read is over, or on flush.
    void queue_message(std::string_view message);
    void flush();

private:
    void on_connected(tcp_link&) override;
    std::size_t on_bytes(tcp_link&, std::string_view bytes) override;
    void on_end(tcp_link&) override;

    std::size_t take_handshake(std::string_view bytes);
    void take_frame(const server_frame& f);
    void take_packet(std::string_view packet);

    enum class stage : std::uint8_t { connecting, upgraded, open, closing, ended };

    reactor& reactor_;
    const target& target_;
    tcp_link link_;
    std::string answer_; // to what was read; it leaves in one send
    stage stage_ = stage::connecting;
};

} // namespace sockeye::bench
