#pragma once

#include "websocket_client.hpp"

#include <vector>

namespace sockeye::bench {

class socketio_client;

// A room, and the clients that cast to it: their numbers follow one another.
struct cast_room {
    std::string name;
    unsigned members = 0;
    std::vector<socketio_client*> casters;
    std::uint32_t first_caster = 0;
};

// What a client has to do with a room. Without one it emits to itself, and waits for the acks.
struct seat {
    cast_room* room = nullptr;
    bool member = false;
    bool caster = false;
};

// A client of the namespace "/".
class socketio_client final : public websocket_client {
public:
    socketio_client(std::uint32_t number, scoreboard& board, reactor& r, const target& to,
                    const seat& s);

    void start() override;

private:
    void on_open() override;
    void on_message(std::string_view message) override;
    void on_read_over() override;

    void take_connected(std::string_view packet);
    void take_joined(std::string_view packet);
    void take_ack(std::string_view packet);
    void take_delivery(std::string_view packet);
    void ready();

    void emit();
    void cast();
    // A member has that message of this caster's.
    void on_delivered(const socketio_client& to, std::uint64_t sequence);
    bool all_have(std::uint64_t sequence);

    enum class stage : std::uint8_t { connecting, joining, ready };

    const seat seat_;
    stage stage_ = stage::connecting;
    std::vector<unsigned> having_;   // as a sender beside the room: members, of each on the way
    std::vector<std::uint64_t> due_; // as a member: the next message of each caster
};

} // namespace sockeye::bench
