#include "tcp_link.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sockeye::bench {
namespace {

constexpr std::uint32_t source_addresses = 16; // 127.0.0.2 and up

[[noreturn]] void throw_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in loopback(std::uint32_t last_byte, std::uint16_t port) {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(port);
    a.sin_addr.s_addr = htonl((127u << 24) + last_byte);
    return a;
}

void set_option(int fd, int level, int name) {
    const int one = 1;
    if (setsockopt(fd, level, name, &one, sizeof one) != 0) throw_errno("setsockopt");
}

} // namespace

reactor::reactor() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) throw_errno("epoll_create1");
}

reactor::~reactor() {
    ::close(epoll_);
}

void reactor::run_once(int timeout_ms) {
    std::array<epoll_event, 512> events;
    const int n = epoll_wait(epoll_, events.data(), int(events.size()), timeout_ms);
    for (int i = 0; i < n; ++i)
        static_cast<tcp_link*>(events[i].data.ptr)->on_ready(events[i].events);
}

tcp_link::~tcp_link() {
    close();
}

void tcp_link::connect(reactor& r, std::uint16_t port, std::uint32_t number, user& u) {
    reactor_ = &r;
    user_ = &u;
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) throw_errno("socket");
    set_option(fd_, IPPROTO_TCP, TCP_NODELAY);
    // Lets the kernel choose the port by the whole four-tuple, as for an unbound socket.
    set_option(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    const sockaddr_in source = loopback(2 + number % source_addresses, 0);
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0)
        throw_errno("bind");
    const sockaddr_in target = loopback(1, port);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0 &&
        errno != EINPROGRESS)
        throw_errno("connect");
    watch(EPOLL_CTL_ADD, true);
}

void tcp_link::watch(int operation, bool for_writing) {
    epoll_event e{};
    e.events = for_writing ? EPOLLIN | EPOLLOUT : EPOLLIN;
    e.data.ptr = this;
    epoll_ctl(reactor_->epoll_, operation, fd_, &e);
}

void tcp_link::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

void tcp_link::end() {
    close();
    user_->on_end(*this);
}

void tcp_link::on_ready(unsigned events) {
    // An earlier event of the same batch may have closed this link.
    if (fd_ >= 0 && (events & EPOLLOUT)) on_writable();
    if (fd_ >= 0 && (events & ~unsigned(EPOLLOUT))) on_readable();
}

void tcp_link::on_writable() {
    watch(EPOLL_CTL_MOD, false);
    if (!connected_) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) return end();
        connected_ = true;
        return user_->on_connected(*this);
    }
    const std::string rest = std::exchange(out_, {});
    send(rest);
}

void tcp_link::on_readable() {
    static std::array<char, 256 * 1024> buffer;
    const ssize_t n = recv(fd_, buffer.data(), buffer.size(), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) return end();
    std::string_view bytes(buffer.data(), std::size_t(n));
    if (in_.empty()) {
        bytes.remove_prefix(user_->on_bytes(*this, bytes));
        in_.assign(bytes);
    } else {
        in_.append(bytes);
        in_.erase(0, user_->on_bytes(*this, in_));
    }
}

void tcp_link::send(std::string_view bytes) {
    if (fd_ < 0 || bytes.empty()) return;
    if (out_.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) return; // reading will find the connection's end
        bytes.remove_prefix(std::size_t(std::max<ssize_t>(sent, 0)));
        if (bytes.empty()) return;
        watch(EPOLL_CTL_MOD, true);
    }
    out_.append(bytes);
}

} // namespace sockeye::bench
