#pragma once

#include "../load/driver.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace sockeye::bench {

// Hears what the instances publish at Redis's channels `tick:*`, before any of them has left out
// what its members need not know: a position that comes twice has two emitters.
class tick_watch final : private tcp_link::user {
public:
    tick_watch(driver& on, std::uint16_t redis_port);

    [[nodiscard]] std::uint64_t published() const { return published_; }
    // Not later than the one before.
    [[nodiscard]] std::uint64_t repeated() const { return repeated_; }

private:
    void on_connected(tcp_link&) override;
    std::size_t on_bytes(tcp_link&, std::string_view bytes) override;
    void on_end(tcp_link&) override { board_.fail(0, "Redis ended the connection"); }
    void take(std::string_view tick);

    scoreboard& board_;
    tcp_link link_;
    std::map<std::string, std::int64_t, std::less<>> last_; // position of each session
    std::uint64_t published_ = 0;
    std::uint64_t repeated_ = 0;
};

} // namespace sockeye::bench
