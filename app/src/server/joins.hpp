#pragma once

#include <sockeye/socketio/socket.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace sockeye::app {

/// Sockets that ask to be in Socket.IO rooms. One is in the room before it is answered, so that it
/// misses nothing that comes after its answer. Once all that it has asked is decided, it stays only
/// if it was in the room before, or if one request was granted.
class joins {
public:
    class request;

    /// Whoever leaves while something is decided was not in the room before, and what was asked
    /// before does not bring it in any more.
    void leave(const socketio::socket& s, const std::string& channel);

private:
    struct undecided {
        std::size_t requests = 0;
        bool stays = false;
        std::uint64_t leavings = 0;
    };
    using place = std::pair<std::string, std::string>; // socket and room

    /// How often the socket has left meanwhile.
    std::uint64_t begin(const socketio::socket& s, const std::string& channel);
    void enter(const socketio::socket& s, const std::string& channel, std::uint64_t leavings);
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

    /// Ahead of what is to be answered, and after what nobody else may hear.
    void enter() { in_->enter(socket_, channel_, leavings_); }
    void grant();
    /// Whether the socket stays nevertheless, or others of its requests are to decide that.
    bool refuse();

private:
    joins* in_; // null: decided
    const socketio::socket socket_;
    const std::string channel_;
    const std::uint64_t leavings_;
};

} // namespace sockeye::app
