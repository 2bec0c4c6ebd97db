#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// What the parts of the floor share: one thread, so nothing is locked, and one server, so nothing
// is passed round that is there once.
namespace sockeye::bench {

constexpr int ping_interval_s = 25;
constexpr std::uint32_t none = ~0u;

enum class contract : std::uint8_t { http, engineio, socketio }; // http: no WebSocket yet

struct connection {
    bool is_open = false;
    contract speaks = contract::http;
    std::uint8_t ping_bucket = 0;
    std::uint32_t ping_position = 0;  // WebSocket: where in its bucket
    std::uint32_t session = none;     // long-polling: the session whose GET waits here
    std::uint32_t room = none;        // Socket.IO: the one that it has joined
    std::uint32_t room_position = 0;  // where in the room's members
    std::unique_ptr<std::string> in;  // the start of a frame or request that is not whole yet
    std::unique_ptr<std::string> out; // what the socket did not take
};

extern std::deque<connection> connections; // by descriptor; a deque never moves its elements
// WebSockets by second of opening.
extern std::array<std::vector<int>, ping_interval_s> ping_buckets;
extern std::string reply; // all that the current read is answered with: it leaves in one send
extern std::string_view fault;
extern bool joining; // broadcasts of one turn of the loop leave in one send a connection

void send_bytes(int fd, std::string_view bytes);
std::string make_id(std::size_t number);
std::string open_packet(std::size_t number);
std::uint64_t now_s();

// Hands on what is sent to a client: once, unless a fault is asked for.
template<class Write>
void deliver(std::string_view bytes, Write write) {
    static std::uint64_t count = 0;
    if (fault.empty() || ++count % 500 != 0) return write(bytes);
    std::string copy(bytes);
    if (fault == "alter") copy[copy.size() - 3] ^= 1; // within the test message in every form of it
    if (fault != "drop") write(copy);
    if (fault == "duplicate") write(copy);
}

// ---- http.cpp
// Takes one request from the front; gives its length, or 0 if it is not whole yet.
std::size_t take_request(int fd, std::string_view bytes);
void forget_poll(std::uint32_t session);
std::string_view find_header(std::string_view head, std::string_view name);

// ---- websocket.cpp
void open_websocket(int fd, std::string_view head);
void append_frame(std::string& to, char first, std::string_view payload);
// Takes one masked frame from the front; gives its length, or 0 if it is not whole yet.
std::size_t take_frame(int fd, char* bytes, std::size_t available);

// ---- socketio.cpp
void take_socketio_packet(int fd, std::string_view packet);
void leave_room(int fd);
void send_joined();

} // namespace sockeye::bench
