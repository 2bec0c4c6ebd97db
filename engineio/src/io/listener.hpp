#pragma once

#include "io/asio.hpp"
#include "io/peer_address.hpp"

#include <functional>
#include <memory>

namespace sockeye::engineio {

// One listening socket. It lives on one shard, which hands accepted connections round: with one
// socket per shard the kernel would spread connections unevenly, and a second server on the same
// port would go unnoticed.
class listener : public std::enable_shared_from_this<listener> {
public:
    struct host {
        // A descriptor to take over, non-blocking and close-on-exec.
        std::function<void(int descriptor, const peer_address& peer)> accepted;
        // No descriptor could be had; called once per pause.
        std::function<void(const error_code& ec)> failed;
    };

    listener(asio::io_context& context, host owner);

    // Throws std::system_error.
    void open(const tcp::endpoint& endpoint, bool v6_only, int backlog);
    void start();
    void close();
    [[nodiscard]] unsigned short port() const;

private:
    void wait();
    void accept_some();
    void pause();

    tcp_acceptor acceptor_;
    steady_timer retry_;
    host owner_;
};

} // namespace sockeye::engineio
