#pragma once

#include <sockeye/app/context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sockeye::app {

// How many of a room may share their screens at a time.
enum class sharing_mode : std::uint8_t { one, many };

struct rooms_options {
    milliseconds life = std::chrono::hours(24); // of a room, after the last change
    sharing_mode mode = sharing_mode::one;      // of a new room
    std::size_t max_participants = 1000;        // of a room
    std::size_t max_metadata_bytes = 4096;      // of a participant, as JSON
    std::size_t max_document_bytes = 1024 * 1024;
    std::size_t max_listed = 1000;
    std::size_t max_listed_bytes = 4 * 1024 * 1024; // a list ends once it is beyond
    std::size_t max_waiting = 10'000;               // changes that wait for the store; more fail
    std::size_t max_remembered_bytes = 4 * 1024 * 1024; // of what was written last, per instance
    unsigned attempts = 40; // at a change, while other instances change the same room
};

struct rooms_stats {
    std::size_t rooms = 0;
    std::size_t participants = 0; // of the rooms that list() gives
    std::size_t sharing = 0;      // of these
};

// Which rooms there are and who takes part: a JSON document for each, at `room:{room}`, which
// others may read and write, too. Members that we do not know are kept.
//
// Changes of one room that come together are written together, and only if nobody else has changed
// it meanwhile: no update is lost. How a room looks: docs/app-events.md.
//
// All throw service_error (BAD_REQUEST, ROOM_NOT_FOUND, …), or operation_error where the store is
// away. A change that alters nothing is none: it is not written, and prolongs no life.
class rooms {
public:
    // `changed`, if any, is called with the room after each write of this instance's, on any
    // thread.
    rooms(const context& on, std::function<void(const socketio::object& room)> changed,
          rooms_options options = {});
    ~rooms();
    rooms(const rooms&) = delete;
    rooms& operator=(const rooms&) = delete;

    // Makes the room where there is none. `metadata`: none leaves what the user has. BAD_REQUEST
    // and UNAVAILABLE are thrown by the call, with which it takes its place among the changes; all
    // else by its task.
    task<socketio::object> add_user(std::string room, std::string user,
                                    std::optional<socketio::value> metadata = {});
    task<socketio::object> remove_user(std::string room, std::string user);
    // The same; nothing where there is no such room, or no such user in it.
    task<> forget_user(std::string room, std::string user);
    // FORBIDDEN to who is not in the room; ALREADY_SHARED by another, where one may.
    task<socketio::object> set_sharing(std::string room, std::string user, bool sharing);
    // Who shares already goes on.
    task<socketio::object> set_mode(std::string room, sharing_mode mode);

    task<socketio::object> get(std::string room);
    // Those that changed last come first. Rooms that only others have written are not known here.
    task<std::vector<socketio::object>> list(std::size_t limit);
    task<rooms_stats> stats();

private:
    class core;
    const std::shared_ptr<core> core_;
};

} // namespace sockeye::app
