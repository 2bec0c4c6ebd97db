#include "state/link_ledger.hpp"

#include <utility>

namespace sockeye::adapter_redis {

using lock = std::lock_guard<std::mutex>;

void link_ledger::connect() {
    const lock held(mutex_);
    ++counters_.connects;
}

void link_ledger::drop() {
    const lock held(mutex_);
    ++counters_.dropped;
}

void link_ledger::fail(std::size_t commands) {
    const lock held(mutex_);
    counters_.failed += commands;
}

// What was dropped or never answered for another reason has been counted when that happened.
std::string link_ledger::settle(const reply& answer, time_point now) {
    const bool was_dropped = is_unsent(answer);
    if (answer.kind != reply_kind::error && !was_dropped) return {};
    const lock held(mutex_);
    ++(was_dropped ? counters_.dropped : counters_.refused);
    const bool begins = last_loss_ == time_point::min() || now - last_loss_ > quiet;
    last_loss_ = now;
    return begins ? "redis: what is said is lost: " + answer.text : std::string();
}

link_counters link_ledger::totals() const {
    const lock held(mutex_);
    return counters_;
}

} // namespace sockeye::adapter_redis
