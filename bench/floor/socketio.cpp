#include "floor.hpp"

#include <unordered_map>

namespace sockeye::bench {
namespace {

struct room {
    std::vector<int> members; // descriptors
    std::string waiting;      // --joining: frames of this turn of the loop
};

std::deque<room> rooms;
std::unordered_map<std::string, std::uint32_t> room_numbers;
std::vector<std::uint32_t> rooms_waiting;

void answer(std::string_view id, std::string_view arguments) {
    static std::string packet;
    packet.assign("43").append(id).append("[").append(arguments).append("]");
    deliver(packet, [](std::string_view p) { append_frame(reply, '\x81', p); });
}

std::uint32_t number_of(std::string_view name) {
    const auto [at, is_new] =
        room_numbers.try_emplace(std::string(name), std::uint32_t(rooms.size()));
    if (is_new) rooms.emplace_back();
    return at->second;
}

void join(int fd, std::string_view name) {
    connection& c = connections[fd];
    c.room = number_of(name);
    c.room_position = std::uint32_t(rooms[c.room].members.size());
    rooms[c.room].members.push_back(fd);
}

void send_to_all(const room& to, std::string_view frames) {
    for (const int member : to.members)
        deliver(frames, [&](std::string_view f) { send_bytes(member, f); });
}

void cast(std::string_view name, std::string_view arguments) {
    static std::string packet, frame;
    packet.assign("42[\"cast\",").append(arguments).append("]");
    const std::uint32_t number = number_of(name);
    room& to = rooms[number];
    if (joining) {
        if (to.waiting.empty()) rooms_waiting.push_back(number);
        append_frame(to.waiting, '\x81', packet);
    } else {
        frame.clear();
        append_frame(frame, '\x81', packet);
        send_to_all(to, frame);
    }
}

} // namespace

void take_socketio_packet(int fd, std::string_view packet) {
    constexpr std::string_view echo_head = "[\"echo\",", join_head = "[\"join\",\"",
                               cast_head = "[\"cast\",\"";
    if (packet == "40") {
        static std::size_t opened = 0;
        append_frame(reply, '\x81', "40{\"sid\":\"" + make_id(opened++) + "\"}");
        return;
    }
    const std::size_t start = packet.find('[');
    if (start == packet.npos || !packet.ends_with(']')) return;
    const std::string_view id = packet.substr(2, start - 2);
    std::string_view event = packet.substr(start, packet.size() - 1 - start);
    if (event.starts_with(echo_head)) return answer(id, event.substr(echo_head.size()));
    const std::size_t end = event.find('"', join_head.size()); // of the room's name
    const std::string_view name = event.substr(join_head.size(), end - join_head.size());
    if (event.starts_with(join_head)) {
        join(fd, name);
        answer(id, "true");
    } else if (event.starts_with(cast_head)) {
        cast(name, event.substr(end + 2));
    }
}

void leave_room(int fd) {
    connection& c = connections[fd];
    if (c.room == none) return;
    auto& members = rooms[c.room].members; // the last one takes its place
    members[c.room_position] = members.back();
    connections[members.back()].room_position = c.room_position;
    members.pop_back();
}

void send_joined() {
    for (const std::uint32_t number : rooms_waiting) {
        send_to_all(rooms[number], rooms[number].waiting);
        rooms[number].waiting.clear();
    }
    rooms_waiting.clear();
}

} // namespace sockeye::bench
