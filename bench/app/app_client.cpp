#include "app_client.hpp"

#include <charconv>
#include <utility>

namespace sockeye::bench {

app_client::app_client(std::uint32_t number, driver& on, const target& to, std::string user,
                       const told& hears)
    : websocket_client(number, on.board, on.links, to), user_(std::move(user)), hears_(hears) {}

void app_client::ask(std::string_view event, std::string_view argument, answered then) {
    static std::string packet;
    packet = "2" + std::to_string(asked_) + "[\"";
    packet.append(event).append("\",").append(argument).append("]");
    waiting_.emplace(asked_++, std::move(then));
    queue_message(packet);
    ++board_.on_the_way;
    flush();
}

void app_client::on_message(std::string_view packet) {
    if (!connected_) {
        if (!packet.starts_with("0{\"sid\":\"")) return fail_at("not connected to /", packet);
        connected_ = true;
        ask("register", "{\"userId\":\"" + user_ + "\"}", [this](auto) { ++board_.open; });
    } else if (packet.starts_with('3')) {
        take_answer(packet);
    } else if (packet.starts_with("2[\"")) {
        hears_(*this, packet.substr(1));
    } else {
        fail_at("not an event", packet);
    }
}

void app_client::take_answer(std::string_view packet) {
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(packet.data() + 1, packet.data() + packet.size(), id);
    const std::string_view answer = packet.substr(std::size_t(end - packet.data()));
    const auto asked = waiting_.find(id);
    if (error != std::errc{} || asked == waiting_.end()) return fail_at("no answer", packet);
    if (!answer.starts_with("[{\"ok\":true")) return fail_at("refused", answer);
    const answered then = std::move(asked->second);
    waiting_.erase(asked);
    --board_.on_the_way;
    if (then) then(answer);
}

void app_client::on_lost() {
    if (!may_end_) websocket_client::on_lost();
    board_.on_the_way -= waiting_.size();
    waiting_.clear();
}

} // namespace sockeye::bench
