#include "raw_client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace sockeye::testing {
namespace {

using clock = std::chrono::steady_clock;

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

[[noreturn]] void fail_system(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

bool is_ready(int socket, short events, clock::time_point deadline) {
    pollfd waiting{socket, events, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    const int timeout = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    int ready;
    do
        ready = ::poll(&waiting, 1, timeout);
    while (ready < 0 && errno == EINTR);
    return ready > 0;
}

int open_socket(const std::string& address, unsigned short port) {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    const bool is_v4 = ::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1;
    if (!is_v4 && ::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) != 1)
        throw std::runtime_error("not an IP address: " + address);
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    v4.sin_port = v6.sin6_port = htons(port);
    const int family = is_v4 ? AF_INET : AF_INET6;
    const int handle = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto* where =
        is_v4 ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
    if (handle < 0 || ::connect(handle, where, is_v4 ? sizeof v4 : sizeof v6) != 0) {
        const int error = errno;
        ::close(handle);
        throw std::system_error(error, std::generic_category(), "connect");
    }
    const int on = 1;
    ::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return handle;
}

http_answer parse_head(std::string head) {
    http_answer answer;
    if (head.size() < 12 || !head.starts_with("HTTP/1."))
        throw std::runtime_error("not an HTTP answer: " + head);
    answer.status = static_cast<unsigned>(std::stoul(head.substr(9, 3)));
    std::size_t line = head.find("\r\n") + 2;
    for (std::size_t end; (end = head.find("\r\n", line)) != line; line = end + 2) {
        const std::size_t colon = head.find(':', line);
        const std::size_t value = head.find_first_not_of(' ', colon + 1);
        answer.fields.emplace_back(head.substr(line, colon - line),
                                   head.substr(value, end - value));
    }
    answer.head = std::move(head);
    return answer;
}

} // namespace

std::string http_answer::header(std::string_view name) const {
    for (const auto& [key, value] : fields)
        if (same_name(key, name)) return value;
    return {};
}

std::size_t http_answer::count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(fields, [&](const auto& f) { return same_name(f.first, name); }));
}

raw_client::raw_client(unsigned short port, const std::string& address)
    : socket_(open_socket(address, port)) {}

raw_client::raw_client(raw_client&& other) noexcept
    : buffer_(std::move(other.buffer_)), socket_(std::exchange(other.socket_, -1)) {}

raw_client::~raw_client() {
    close();
}

void raw_client::send(std::string_view bytes) {
    const auto deadline = clock::now() + patience;
    while (!bytes.empty()) {
        const ssize_t sent =
            ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        else if (errno != EAGAIN && errno != EINTR)
            fail_system("send");
        else if (!is_ready(socket_, POLLOUT, deadline))
            fail("the peer does not read");
    }
}

bool raw_client::receive(clock::time_point deadline) {
    if (!is_ready(socket_, POLLIN, deadline)) fail("nothing more arrives");
    std::array<char, 16 * 1024> bytes;
    const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (got < 0 && errno != ECONNRESET) fail_system("recv");
    if (got <= 0) return false;
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    return true;
}

std::string raw_client::take(std::size_t size) {
    std::string result = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return result;
}

std::string raw_client::read_exactly(std::size_t size) {
    const auto deadline = clock::now() + patience;
    while (buffer_.size() < size)
        if (!receive(deadline)) fail("closed within " + std::to_string(size) + " bytes");
    return take(size);
}

std::string raw_client::read_through(std::string_view delimiter) {
    const auto deadline = clock::now() + patience;
    std::size_t found;
    while ((found = buffer_.find(delimiter)) == std::string::npos)
        if (!receive(deadline)) fail("closed where more was due");
    return take(found + delimiter.size());
}

std::string raw_client::read_until_close() {
    const auto deadline = clock::now() + patience;
    while (receive(deadline)) {
    }
    return std::exchange(buffer_, {});
}

bool raw_client::silent_for(std::chrono::milliseconds time) {
    return buffer_.empty() && !is_ready(socket_, POLLIN, clock::now() + time);
}

std::string raw_client::read_chunks() {
    std::string body;
    while (const std::size_t size = std::stoul(read_through("\r\n"), nullptr, 16)) {
        body += read_exactly(size);
        read_exactly(2);
    }
    read_through("\r\n");
    return body;
}

http_answer raw_client::read_answer(bool without_body) {
    http_answer answer = parse_head(read_through("\r\n\r\n"));
    if (without_body || answer.status < 200 || answer.status == 204 || answer.status == 304)
        return answer;
    if (answer.header("Transfer-Encoding") == "chunked")
        answer.body = read_chunks();
    else if (answer.count("Content-Length") != 0)
        answer.body = read_exactly(std::stoul(answer.header("Content-Length")));
    else
        answer.body = read_until_close();
    return answer;
}

http_answer raw_client::ask(std::string_view request) {
    send(request);
    return read_answer();
}

void raw_client::finish_sending() {
    ::shutdown(socket_, SHUT_WR);
}

void raw_client::close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void raw_client::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void raw_client::fail(const std::string& what) const {
    throw std::runtime_error(what + "; so far: \"" + buffer_.substr(0, 400) + '"');
}

std::string request(std::string_view method, std::string_view target, std::string_view body,
                    std::string_view extra) {
    std::string text{method};
    text.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(extra);
    if (!body.empty() || method == "POST")
        text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    return text.append("\r\n").append(body);
}

} // namespace sockeye::testing
