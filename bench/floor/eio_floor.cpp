// The floor: the least that any server must do for the wire traffic of the Engine.IO echo
// workloads, on one thread with epoll. It is no Engine.IO server: the contract is hard-coded,
// nothing is validated beyond what framing needs, and there is no time-out, no limit and no
// upgrade; only WebSockets are pinged, as no long-polling workload lasts until a ping.
// What a real server costs above it is that server's own doing; what remains is the kernel.
//
//   eio_floor --port N [--fault drop|duplicate|alter]
//
// --fault spoils every 500th echo, to show that eio_load notices (bench/selftest).
#include <openssl/evp.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

constexpr int ping_interval_s = 25;
constexpr std::uint32_t no_session = ~0u;

struct connection {
    bool is_open = false;
    bool is_websocket = false;
    std::uint8_t ping_bucket = 0;
    std::uint32_t ping_position = 0;    // WebSocket: where in its bucket
    std::uint32_t session = no_session; // long-polling: the session whose GET waits here
    std::unique_ptr<std::string> in;    // the start of a frame or request that is not whole yet
    std::unique_ptr<std::string> out;   // what the socket did not take
};

struct polling_session {
    int poll = -1;       // the connection whose GET waits
    std::string waiting; // packets for the next GET
};

int epoll_fd = -1;
std::deque<connection> connections;   // by descriptor; a deque never moves its elements
std::deque<polling_session> sessions; // by the number that the session id spells
std::array<std::vector<int>, ping_interval_s> ping_buckets; // WebSockets by second of opening
std::string reply; // all that the current read is answered with: it leaves in one send
std::string_view fault;

std::uint64_t now_s() {
    using namespace std::chrono;
    return std::uint64_t(duration_cast<seconds>(steady_clock::now().time_since_epoch()).count());
}

void watch(int fd) {
    epoll_event e{};
    e.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    e.data.fd = fd;
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e);
}

void close_connection(int fd) {
    connection& c = connections[fd];
    if (c.is_websocket) { // the last of its bucket takes its place
        auto& bucket = ping_buckets[c.ping_bucket];
        bucket[c.ping_position] = bucket.back();
        connections[bucket.back()].ping_position = c.ping_position;
        bucket.pop_back();
    }
    if (c.session != no_session) sessions[c.session].poll = -1;
    c = connection{};
    close(fd);
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

std::string open_packet(std::size_t number) {
    char id[21];
    std::snprintf(id, sizeof id, "%020zu", number);
    return std::string("0{\"sid\":\"") + id +
           "\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":"
           "1000000}";
}

// Writes the echo of a message: once, unless a fault is asked for.
template<class Write>
void echo(std::string_view packet, Write write) {
    static std::uint64_t count = 0;
    if (fault.empty() || ++count % 500 != 0) return write(packet);
    std::string copy(packet);
    if (fault == "alter") copy.back() ^= 1;
    if (fault != "drop") write(copy);
    if (fault == "duplicate") write(copy);
}

// --- WebSocket ---

void append_frame(std::string& to, char first, std::string_view payload) {
    const std::size_t n = payload.size();
    const int extended = n < 126 ? 0 : n < 65536 ? 2 : 8;
    to += first;
    to += char(extended == 0 ? n : extended == 2 ? 126 : 127);
    for (int i = extended; i-- > 0;)
        to += char(n >> (8 * i));
    to += payload;
}

void unmask(char* data, std::size_t size, const char* mask) {
    std::uint32_t narrow = 0;
    std::memcpy(&narrow, mask, 4);
    const std::uint64_t wide = std::uint64_t(narrow) << 32 | narrow;
    std::size_t i = 0;
    for (std::uint64_t word; i + 8 <= size; i += 8) {
        std::memcpy(&word, data + i, 8);
        word ^= wide;
        std::memcpy(data + i, &word, 8);
    }
    for (; i < size; ++i)
        data[i] ^= mask[i % 4];
}

// Takes one masked frame from the front; gives its length, or 0 if it is not whole yet.
std::size_t take_frame(char* bytes, std::size_t available) {
    if (available < 6) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    std::size_t length = byte(1) & 127;
    const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
    const std::size_t head = 6 + extended;
    if (available < head) return 0;
    if (extended != 0) length = 0;
    for (std::size_t i = 0; i < extended; ++i)
        length = length << 8 | byte(2 + i);
    if (available - head < length) return 0;

    unmask(bytes + head, length, bytes + head - 4);
    const std::string_view payload(bytes + head, length);
    if ((byte(0) & 15) == 8)
        append_frame(reply, '\x88', payload);
    else if (payload.starts_with('4'))
        echo(payload, [](std::string_view p) { append_frame(reply, '\x81', p); });
    return head + length;
}

// --- HTTP ---

std::string_view header(std::string_view head, std::string_view name) {
    for (std::size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2)) {
        const std::string_view line = head.substr(at + 2);
        if (line.size() <= name.size() || line[name.size()] != ':') continue;
        if (strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
        const std::string_view value = line.substr(name.size() + 1);
        const std::size_t start = value.find_first_not_of(' ');
        return value.substr(start, value.find("\r\n") - start);
    }
    return {};
}

void open_websocket(int fd, std::string_view head) {
    static EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    static std::size_t opened = 0;
    std::string key(header(head, "sec-websocket-key"));
    key += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[20], accept[29];
    EVP_Digest(key.data(), key.size(), digest, nullptr, sha1, nullptr);
    EVP_EncodeBlock(accept, digest, sizeof digest);
    reply += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: ";
    reply += reinterpret_cast<const char*>(accept);
    reply += "\r\n\r\n";
    append_frame(reply, '\x81', open_packet(opened++));

    connection& c = connections[fd];
    c.is_websocket = true;
    c.ping_bucket = std::uint8_t(now_s() % ping_interval_s);
    c.ping_position = std::uint32_t(ping_buckets[c.ping_bucket].size());
    ping_buckets[c.ping_bucket].push_back(fd);
}

void append_packet(polling_session& s, std::string_view packet) {
    if (!s.waiting.empty()) s.waiting += '\x1e';
    s.waiting += packet;
}

std::string response(const char* type, std::string_view body) {
    std::string r = "HTTP/1.1 200 OK\r\nContent-Type: ";
    r.append(type).append("\r\nContent-Length: ").append(std::to_string(body.size()));
    r.append("\r\n\r\n").append(body);
    return r;
}

void answer_poll(polling_session& s) {
    if (s.poll < 0 || s.waiting.empty()) return;
    const int fd = std::exchange(s.poll, -1);
    connections[fd].session = no_session;
    send_bytes(fd, response("text/plain; charset=UTF-8", s.waiting));
    s.waiting.clear();
}

void take_post(polling_session& s, std::string_view body) {
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('\x1e'), body.size());
        const std::string_view packet = body.substr(0, end);
        if (packet.starts_with('4')) echo(packet, [&](std::string_view p) { append_packet(s, p); });
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    reply += response("text/html", "ok");
}

// Takes one request from the front; gives its length, or 0 if it is not whole yet.
std::size_t take_request(int fd, std::string_view bytes) {
    const std::size_t head_end = bytes.find("\r\n\r\n");
    if (head_end == bytes.npos) return 0;
    const std::string_view head = bytes.substr(0, head_end + 2);
    const std::string_view target = head.substr(0, head.find("\r\n"));
    if (target.find("transport=websocket") != target.npos) {
        open_websocket(fd, head);
        return head_end + 4;
    }
    std::size_t length = 0;
    const std::string_view announced = header(head, "content-length");
    std::from_chars(announced.begin(), announced.end(), length);
    if (bytes.size() < head_end + 4 + length) return 0;

    std::size_t number = sessions.size();
    const std::size_t id = target.find("&sid=");
    if (id == target.npos)
        append_packet(sessions.emplace_back(), open_packet(number));
    else
        std::from_chars(target.begin() + id + 5, target.end(), number);
    polling_session& s = sessions.at(number);
    if (target[0] == 'P') {
        take_post(s, bytes.substr(head_end + 4, length));
    } else {
        s.poll = fd;
        connections[fd].session = std::uint32_t(number);
    }
    answer_poll(s);
    return head_end + 4 + length;
}

// --- the loop ---

void take_bytes(int fd, char* bytes, std::size_t size) {
    connection& c = connections[fd];
    if (c.in) {
        c.in->append(bytes, size);
        bytes = c.in->data();
        size = c.in->size();
    }
    std::size_t used = 0, n = 1;
    for (; n != 0 && used < size; used += n)
        n = c.is_websocket ? take_frame(bytes + used, size - used)
                           : take_request(fd, {bytes + used, size - used});
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

int main(int argc, char** argv) {
    std::uint16_t port = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        if (name == "--port") port = std::uint16_t(std::atoi(argv[i + 1]));
        if (name == "--fault") fault = argv[i + 1];
    }
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    const int listener = listen_on(port);
    if (listener < 0) return std::perror("eio_floor: cannot listen"), 1;
    epoll_fd = epoll_create1(0);
    watch(listener);
    serve(listener);
}
