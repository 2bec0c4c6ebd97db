#include "floor.hpp"

#include <algorithm>
#include <charconv>
#include <strings.h>
#include <utility>

namespace sockeye::bench {
namespace {

struct polling_session {
    int poll = -1;       // the connection whose GET waits
    std::string waiting; // packets for the next GET
};

std::deque<polling_session> sessions; // by the number that the session id spells

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
    connections[fd].session = none;
    send_bytes(fd, response("text/plain; charset=UTF-8", s.waiting));
    s.waiting.clear();
}

void take_post(polling_session& s, std::string_view body) {
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('\x1e'), body.size());
        const std::string_view packet = body.substr(0, end);
        if (packet.starts_with('4'))
            deliver(packet, [&](std::string_view p) { append_packet(s, p); });
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    reply += response("text/html", "ok");
}

} // namespace

void forget_poll(std::uint32_t session) {
    sessions[session].poll = -1;
}

std::string_view find_header(std::string_view head, std::string_view name) {
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
    const std::string_view announced = find_header(head, "content-length");
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

} // namespace sockeye::bench
