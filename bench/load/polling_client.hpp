#pragma once

#include "client.hpp"
#include "tcp_link.hpp"
#include "wire.hpp"

namespace sockeye::bench {

// Two kept connections, as browsers do: a GET waits on one while the other carries the POSTs. With
// `one_connection` the session is only opened and closed, over a single one.
class polling_client final : public client, private tcp_link::user {
public:
    polling_client(std::uint32_t number, scoreboard& board, reactor& r, const target& to,
                   bool one_connection)
        : client(number, board), reactor_(r), target_(to), one_connection_(one_connection) {}

    void open() override;
    void start() override;
    void close() override;

private:
    void on_connected(tcp_link&) override;
    std::size_t on_bytes(tcp_link&, std::string_view bytes) override;
    void on_end(tcp_link&) override;

    void take_answer(tcp_link& link, const http_answer& a);
    void take_opened(std::string_view body);
    void take_polled(std::string_view body);
    void take_posted(std::string_view body);
    void take_packet(std::string_view packet);
    void poll();
    void post(tcp_link& link, std::string_view body);
    void send_message();
    void end_of_cycle();

    enum class stage : std::uint8_t { connecting, open, closing, ended };

    reactor& reactor_;
    const target& target_;
    const bool one_connection_;
    stage stage_ = stage::connecting;
    bool echo_due_ = false;
    bool post_due_ = false;
    bool pong_due_ = false; // leaves with the next POST
    tcp_link poll_link_;
    tcp_link post_link_;
    std::string sid_;
};

} // namespace sockeye::bench
