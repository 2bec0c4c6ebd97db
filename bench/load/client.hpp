#pragma once

#include "scoreboard.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sockeye::bench {

struct target {
    std::uint16_t port = 0;
    std::string path;
};

// One session, and the messages it sends: numbered, so that what is due is known to the byte.
class client {
public:
    client(std::uint32_t number, scoreboard& board) : board_(board), number_(number) {}
    virtual ~client() = default;
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    virtual void open() = 0;
    virtual void start() = 0; // sends as much as may be on the way
    virtual void close() = 0;

protected:
    // The view lives until the next call of any client.
    std::string_view next_message();
    // What comes back to the client that has sent it.
    void take_echo(std::string_view message);
    [[nodiscard]] std::uint64_t sent() const { return sent_; }
    [[nodiscard]] std::uint64_t echoed() const { return echoed_; }
    void fail(const std::string& what) { board_.fail(number_, what); }
    void fail_at(const std::string& what, std::string_view packet) {
        fail(what + ": " + std::string(packet.substr(0, 48)));
    }

    scoreboard& board_;
    const std::uint32_t number_;

private:
    std::uint64_t sent_ = 0;
    std::uint64_t echoed_ = 0;
};

} // namespace sockeye::bench
