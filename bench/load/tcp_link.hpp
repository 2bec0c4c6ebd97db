#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sockeye::bench {

class tcp_link;

// Tells the links of one thread what their sockets are ready for.
class reactor {
public:
    reactor();
    ~reactor();
    reactor(const reactor&) = delete;
    reactor& operator=(const reactor&) = delete;

    void run_once(int timeout_ms);

private:
    friend class tcp_link;
    int epoll_ = -1;
};

// A TCP connection to the server on 127.0.0.1. It belongs to its user and must live as long as
// the reactor runs.
class tcp_link {
public:
    class user {
    public:
        virtual void on_connected(tcp_link&) = 0;
        // Gives how much of `bytes` it has used up; it sees the rest again with what follows.
        virtual std::size_t on_bytes(tcp_link&, std::string_view bytes) = 0;
        virtual void on_end(tcp_link&) = 0;

    protected:
        ~user() = default;
    };

    tcp_link() = default;
    ~tcp_link();
    tcp_link(const tcp_link&) = delete;
    tcp_link& operator=(const tcp_link&) = delete;

    // The source address is chosen by `number`: one address has too few ports for many runs.
    // Throws std::system_error.
    void connect(reactor& r, std::uint16_t port, std::uint32_t number, user& u);
    void send(std::string_view bytes);
    void close();

private:
    friend class reactor;
    void on_ready(unsigned events);
    void on_writable();
    void on_readable();
    void end();
    void watch(int operation, bool for_writing);

    reactor* reactor_ = nullptr;
    user* user_ = nullptr;
    int fd_ = -1;
    bool connected_ = false;
    std::string in_;
    std::string out_;
};

} // namespace sockeye::bench
