// The floor: the least that any server must do for the wire traffic of the workloads, on one thread
// with epoll. It is no Engine.IO or Socket.IO server: the contracts are hard-coded, nothing is
// validated beyond what framing needs, and there is no time-out, no limit and no upgrade; only
// WebSockets are pinged, as no long-polling workload lasts until a ping.
// What a real server costs above it is that server's own doing; what remains is the kernel.
//
//   bench_floor --port N [--joining] [--fault drop|duplicate|alter]
//
// A broadcast is one send for each member of the room. With --joining, those of one turn of the
// loop to a room are one buffer, which every member gets in one send: what a server can reach that
// puts off its writes.
// --fault spoils every 500th message, to show that bench_load notices (bench/selftest).
#include "floor.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace sockeye::bench {

std::deque<connection> connections;
std::array<std::vector<int>, ping_interval_s> ping_buckets;
std::string reply;
std::string_view fault;
bool joining = false;

std::uint64_t now_s() {
    using namespace std::chrono;
    return std::uint64_t(duration_cast<seconds>(steady_clock::now().time_since_epoch()).count());
}

void send_bytes(int fd, std::string_view bytes) {
    connection& c = connections[fd];
    if (!c.out) {
        const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent == ssize_t(bytes.size())) return;
        if (sent < 0 && errno != EAGAIN) return; // reading will find the connection's end
        bytes.remove_prefix(std::size_t(std::max<ssize_t>(sent, 0)));
        c.out = std::make_unique<std::string>();
    }
    c.out->append(bytes);
}

std::string make_id(std::size_t number) {
    char id[21];
    std::snprintf(id, sizeof id, "%020zu", number);
    return id;
}

std::string open_packet(std::size_t number) {
    return "0{\"sid\":\"" + make_id(number) +
           "\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":"
           "1000000}";
}

namespace {

int epoll_fd = -1;

void watch(int fd) {
    epoll_event e{};
    e.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    e.data.fd = fd;
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e);
}

void close_connection(int fd) {
    connection& c = connections[fd];
    if (c.speaks != contract::http) { // the last of its bucket takes its place
        auto& bucket = ping_buckets[c.ping_bucket];
        bucket[c.ping_position] = bucket.back();
        connections[bucket.back()].ping_position = c.ping_position;
        bucket.pop_back();
    }
    if (c.session != none) forget_poll(c.session);
    leave_room(fd);
    c = connection{};
    close(fd);
}

void take_bytes(int fd, char* bytes, std::size_t size) {
    connection& c = connections[fd];
    if (c.in) {
        c.in->append(bytes, size);
        bytes = c.in->data();
        size = c.in->size();
    }
    std::size_t used = 0, n = 1;
    for (; n != 0 && used < size; used += n)
        n = c.speaks == contract::http ? take_request(fd, {bytes + used, size - used})
                                       : take_frame(fd, bytes + used, size - used);
    c.in = used == size ? nullptr : std::make_unique<std::string>(bytes + used, size - used);
}

void on_readable(int fd) {
    static char buffer[256 * 1024];
    for (ssize_t n = sizeof buffer; n == sizeof buffer;) {
        n = recv(fd, buffer, sizeof buffer, 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) return close_connection(fd);
        take_bytes(fd, buffer, std::size_t(n));
        if (!reply.empty()) send_bytes(fd, reply);
        const bool closing = reply.starts_with('\x88');
        reply.clear();
        if (closing) return close_connection(fd);
    }
}

void accept_all(int listener) {
    for (int fd; (fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0; watch(fd)) {
        const int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        while (connections.size() <= std::size_t(fd))
            connections.emplace_back();
        connections[fd].is_open = true;
    }
}

void send_pings() {
    static std::uint64_t done = now_s();
    for (const std::uint64_t now = now_s(); done < now;) {
        // The bucket of this very second still fills; the one after it was filled 24 seconds ago.
        for (const int fd : ping_buckets[(++done + 1) % ping_interval_s])
            send_bytes(fd, {"\x81\x01\x32", 3});
    }
}

[[noreturn]] void serve(int listener) {
    static std::array<epoll_event, 1024> events;
    for (;; send_pings()) {
        const int n = epoll_wait(epoll_fd, events.data(), int(events.size()), 1000);
        for (int i = 0; i < n; ++i) {
            const int fd = events[i].data.fd;
            if (fd == listener) {
                accept_all(listener);
            } else if (connections[fd].is_open) {
                if (const auto rest = std::move(connections[fd].out)) send_bytes(fd, *rest);
                if (events[i].events & ~unsigned(EPOLLOUT)) on_readable(fd);
            }
        }
        send_joined();
    }
}

int listen_on(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    return bound && listen(fd, 4096) == 0 ? fd : -1;
}

} // namespace
} // namespace sockeye::bench

int main(int argc, char** argv) {
    using namespace sockeye::bench;
    std::uint16_t port = 0;
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        if (name == "--joining") joining = true;
        if (i + 1 < argc && name == "--port") port = std::uint16_t(std::atoi(argv[++i]));
        if (i + 1 < argc && name == "--fault") fault = argv[++i];
    }
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    const int listener = listen_on(port);
    if (listener < 0) return std::perror("bench_floor: cannot listen"), 1;
    epoll_fd = epoll_create1(0);
    watch(listener);
    serve(listener);
}
