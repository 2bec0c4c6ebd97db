#pragma once

#include <sockeye/socketio/socket.hpp>

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace sockeye::app {

/// Sockets that ask to be in Socket.IO rooms. One is in the room while that is decided, so that it
/// misses nothing that comes after its answer. Once all that it has asked is decided, it stays only
/// if it was in the room before, or if one request was granted.
class joins {
public:
    class request;

    /// Whoever leaves while something is decided was not in the room before.
    void leave(const socketio::socket& s, const std::string& channel);

private:
    struct undecided {
        std::size_t requests = 0;
        bool stays = false;
    };
    using place = std::pair<std::string, std::string>; // socket and room

    void begin(const socketio::socket& s, const std::string& channel);
    /// Whether the socket is not out of the room by that.
    bool end(const socketio::socket& s, const std::string& channel, bool granted);

    std::mutex mutex_;
    std::map<place, undecided> undecided_;
};

/// Refused, where it is not granted. To be made on the socket's own thread.
class joins::request {
public:
    request(joins& in, socketio::socket s, std::string channel);
    ~request();
    request(const request&) = delete;
    request& operator=(const request&) = delete;

    void grant();
    /// Whether the socket stays nevertheless, or others of its requests are to decide that.
    bool refuse();

private:
    joins* in_; // null: decided
    const socketio::socket socket_;
    const std::string channel_;
};

} // namespace sockeye::app
