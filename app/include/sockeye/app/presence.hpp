#pragma once

#include <sockeye/app/context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sockeye::app {

struct presence_options {
    // An instance that has not renewed its lease for so long is taken for dead. The others notice
    // within `lease` and a third of it, and tell that its users have gone.
    milliseconds lease = seconds(9);
    // Whoever is back within this time after a connection was lost has not been away.
    milliseconds grace = seconds(5);
};

// A user came into a room with the first socket, or left it with the last.
struct presence_change {
    std::string room;
    std::string user;
    bool online = false;
    std::size_t count = 0; // of users in the room, afterwards
};

struct present_users {
    std::vector<std::string> users; // in any order
    std::size_t count = 0;
};

struct left_room {
    std::size_t count = 0;   // of users who are left
    bool user_stays = false; // by another socket
};

// Who is there, in the whole cluster. A user is online while any of the user's sockets lives
// anywhere, and in a room while any of them is in it.
//
// Keys that others may read: `presence:online` (set), `room:{room}:users` (set), and
// `user:{user}:socket`, the newest socket. How it works: docs/presence.md.
class presence {
public:
    // `changed` is called exactly once in the cluster for each change, on any thread.
    presence(const context& on, std::function<void(const presence_change&)> changed,
             presence_options options = {});
    ~presence(); // the others take over what is left, after the lease: see stop()
    presence(const presence&) = delete;
    presence& operator=(const presence&) = delete;

    // Begins to hold the lease, and to look after the others'.
    void start();
    // This instance's sockets are about to go: they have the grace period to come elsewhere.
    task<> stop();

    // Throw operation_error where the store is away: a join has not happened then; the others are
    // made good when it is back.
    task<> connect(std::string socket, std::string user);
    task<present_users> join(std::string socket, std::string room);
    task<std::size_t> enter(std::string socket, std::string room); // joins, and only counts
    task<left_room> leave(std::string socket, std::string room);
    // Takes effect after the grace period, unless the socket connects again.
    void disconnect(const std::string& socket);

    task<present_users> in_room(std::string room);
    task<present_users> everyone();
    task<bool> is_online(std::string user);
    task<std::optional<std::string>> newest_socket(std::string user);

private:
    class core;
    const std::shared_ptr<core> core_;
};

} // namespace sockeye::app
