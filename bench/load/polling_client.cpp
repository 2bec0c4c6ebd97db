#include "polling_client.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::bench {
namespace {

constexpr char separator = '\x1e';

std::string request_head(const char* method, const target& to, std::string_view sid) {
    std::string r = method;
    r += " " + to.path + "?EIO=4&transport=polling";
    if (!sid.empty()) r.append("&sid=").append(sid);
    return r + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(to.port) + "\r\n";
}

} // namespace

void polling_client::open() {
    poll_link_.connect(reactor_, target_.port, number_, *this);
}

void polling_client::on_connected(tcp_link& link) {
    if (&link == &poll_link_)
        poll(); // the first poll, without an id, opens the session
    else
        ++board_.open;
}

void polling_client::poll() {
    poll_link_.send(request_head("GET", target_, sid_) + "\r\n");
}

void polling_client::post(tcp_link& link, std::string_view body) {
    std::string request = request_head("POST", target_, sid_);
    request += "Content-Type: text/plain;charset=UTF-8\r\n";
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    request += body;
    link.send(request);
    post_due_ = true;
}

void polling_client::send_message() {
    std::string body(std::exchange(pong_due_, false) ? "3\x1e" : "");
    body += '4';
    body += next_message();
    echo_due_ = true;
    ++board_.on_the_way;
    post(post_link_, body);
}

void polling_client::start() {
    send_message();
}

void polling_client::close() {
    stage_ = stage::closing;
    post(one_connection_ ? poll_link_ : post_link_, "1");
}

void polling_client::on_end(tcp_link&) {
    if (stage_ != stage::ended) fail("the server ended a connection");
}

std::size_t polling_client::on_bytes(tcp_link& link, std::string_view bytes) {
    const auto answer = parse_answer(bytes);
    if (!answer) return 0;
    if (answer->status != 200 || !answer->framed || answer->size != bytes.size())
        fail_at("an unexpected answer", bytes);
    else
        take_answer(link, *answer);
    return answer->size;
}

void polling_client::take_answer(tcp_link& link, const http_answer& a) {
    if (stage_ == stage::connecting)
        take_opened(a.body);
    else if (&link == &post_link_ || stage_ == stage::closing)
        take_posted(a.body);
    else
        take_polled(a.body);
}

void polling_client::take_opened(std::string_view body) {
    sid_ = find_json_string(body, "sid");
    if (!body.starts_with('0') || sid_.empty()) return fail_at("not an open packet", body);
    stage_ = stage::open;
    if (one_connection_) {
        ++board_.open;
        return;
    }
    poll();
    post_link_.connect(reactor_, target_.port, number_, *this);
}

void polling_client::take_posted(std::string_view body) {
    if (!post_due_ || body != "ok") return fail("a POST was not answered with ok");
    post_due_ = false;
    if (stage_ == stage::closing) {
        stage_ = stage::ended;
        poll_link_.close();
        post_link_.close();
        ++board_.ended;
    } else {
        end_of_cycle();
    }
}

void polling_client::take_polled(std::string_view body) {
    const bool was_due = echo_due_;
    if (body.empty()) return fail("an empty answer to a GET");
    while (!body.empty() && board_.failure.empty()) {
        const std::size_t end = std::min(body.find(separator), body.size());
        take_packet(body.substr(0, end));
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    poll();
    if (was_due && !echo_due_) end_of_cycle();
}

void polling_client::take_packet(std::string_view packet) {
    if (packet.starts_with('4')) {
        take_echo(packet.substr(1));
        echo_due_ = false;
    } else if (packet == "2") {
        ++board_.pings;
        pong_due_ = true;
    } else if (packet != "6") {
        fail_at("an unexpected packet", packet);
    }
}

void polling_client::end_of_cycle() {
    if (echo_due_ || post_due_) return;
    --board_.on_the_way;
    if (board_.sending) send_message();
}

} // namespace sockeye::bench
