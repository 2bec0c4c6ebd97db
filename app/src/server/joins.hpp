#pragma once

#include <sockeye/socketio/socket.hpp>

#include <cstddef>
#include <map>
#include <memory>
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

    /// What was asked before decides nothing any more.
    void leave(const socketio::socket& s, const std::string& channel);

private:
    struct undecided {
        std::size_t requests = 0;
        bool stays = false;
    };
    using undecided_ptr = std::shared_ptr<undecided>;  // who leaves and asks again is another
    using place = std::pair<std::string, std::string>; // socket and room

    undecided_ptr begin(const socketio::socket& s, const place& at);
    void enter(const request& asked);
    /// Whether the socket is not out of the room by that.
    bool end(const request& asked, bool granted);
    [[nodiscard]] bool has_left(const request& asked) const; // under the lock

    std::mutex mutex_;
    std::map<place, undecided_ptr> undecided_;
};

/// Refused, where it is not granted. To be made on the socket's own thread.
class joins::request {
public:
    request(joins& in, socketio::socket s, std::string channel);
    ~request();
    request(const request&) = delete;
    request& operator=(const request&) = delete;

    /// Ahead of what is to be answered, and after what nobody else may hear.
    void enter() { in_->enter(*this); }
    void grant();
    /// Whether the socket stays nevertheless, has left by itself, or others of its requests are to
    /// decide.
    bool refuse();

private:
    friend joins;
    joins* in_; // null: decided
    const socketio::socket socket_;
    const place place_;
    const undecided_ptr among_;
};

} // namespace sockeye::app
