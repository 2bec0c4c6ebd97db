#pragma once

#include <sockeye/engineio/timed.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace sockeye::engineio {

// Deadlines of a whole shard. Heartbeats are the usual case: thousands of them, most moved before
// they are due, all coarse. So a deadline costs two pointer writes to set, to move and to cancel:
// it is hung into the slot of its tick, modulo the wheel's size, and one that is a round or more
// ahead is simply passed over until its round comes. Never early, late by up to one tick.
class timing_wheel {
public:
    static constexpr std::chrono::milliseconds tick{10};

    explicit timing_wheel(time_point start);

    // Returns when advance will find it due.
    time_point set(timed& entry, time_point deadline);
    void cancel(timed& entry);

    // Calls on_timer of all that are due. An entry may set or cancel itself and others meanwhile.
    void advance(time_point now);

    // When advance should be called next; nothing waits: nullopt. May be earlier than the next
    // deadline by rounds of the wheel.
    [[nodiscard]] std::optional<time_point> next() const;

private:
    static constexpr std::size_t slots = 4096; // a round of 41 s: a heartbeat is met once
    struct anchor final : timed {
        anchor();
        ~anchor();
        void on_timer(time_point) override {}
    };
    [[nodiscard]] std::uint64_t tick_at_or_after(time_point t) const;
    void run_slot(std::uint64_t tick_number, time_point now);

    time_point start_;
    std::uint64_t now_tick_ = 0;                   // all ticks up to this one have been run
    std::array<std::uint64_t, slots / 64> used_{}; // may be set for a slot that emptied since
    std::array<anchor, slots> ring_;
};

} // namespace sockeye::engineio
