#include "state/timing_wheel.hpp"

#include <algorithm>
#include <bit>

namespace sockeye::engineio {

void timed::unlink() {
    if (!next_) return;
    next_->previous_ = previous_;
    previous_->next_ = next_;
    next_ = previous_ = nullptr;
}

timing_wheel::anchor::anchor() {
    next_ = previous_ = this;
}

timing_wheel::anchor::~anchor() {
    // Entries may outlive the wheel; they must not reach into it then.
    while (next_ != this)
        next_->unlink();
}

timing_wheel::timing_wheel(time_point start) : start_(start) {}

std::uint64_t timing_wheel::tick_at_or_after(time_point t) const {
    if (t <= start_) return 0;
    return static_cast<std::uint64_t>((t - start_ + tick - time_point::duration(1)) / tick);
}

time_point timing_wheel::set(timed& entry, time_point deadline) {
    entry.unlink();
    entry.tick_ = std::max(tick_at_or_after(deadline), now_tick_ + 1);
    const std::size_t slot = entry.tick_ % slots;
    anchor& head = ring_[slot];
    entry.next_ = &head;
    entry.previous_ = head.previous_;
    head.previous_->next_ = &entry;
    head.previous_ = &entry;
    used_[slot / 64] |= std::uint64_t(1) << slot % 64;
    return start_ + tick * static_cast<std::int64_t>(entry.tick_);
}

void timing_wheel::cancel(timed& entry) {
    entry.unlink();
}

void timing_wheel::advance(time_point now) {
    if (now < start_) return;
    const auto target = static_cast<std::uint64_t>((now - start_) / tick);
    // After a long stall one round reaches every slot.
    if (target > now_tick_ + slots) now_tick_ = target - slots;
    while (now_tick_ < target) {
        const std::size_t slot = ++now_tick_ % slots;
        if (used_[slot / 64] >> slot % 64 & 1) run_slot(now_tick_, now);
    }
}

void timing_wheel::run_slot(std::uint64_t tick_number, time_point now) {
    const std::size_t slot = tick_number % slots;
    anchor& head = ring_[slot];
    // What is due moves to a ring of its own first: a callback may set, cancel or destroy any
    // entry.
    anchor due;
    for (timed* entry = head.next_; entry != &head;) {
        timed* following = entry->next_;
        if (entry->tick_ <= tick_number) {
            entry->unlink();
            entry->next_ = &due;
            entry->previous_ = due.previous_;
            due.previous_->next_ = entry;
            due.previous_ = entry;
        }
        entry = following;
    }
    if (head.next_ == &head) used_[slot / 64] &= ~(std::uint64_t(1) << slot % 64);
    while (due.next_ != &due) {
        timed* entry = due.next_;
        entry->unlink();
        entry->on_timer(now);
    }
}

std::optional<time_point> timing_wheel::next() const {
    for (std::size_t ahead = 1; ahead <= slots;) {
        const std::size_t slot = (now_tick_ + ahead) % slots;
        const std::uint64_t rest = used_[slot / 64] >> slot % 64;
        if (rest != 0) {
            ahead += static_cast<std::size_t>(std::countr_zero(rest));
            return start_ + tick * static_cast<std::int64_t>(now_tick_ + ahead);
        }
        ahead += 64 - slot % 64;
    }
    return std::nullopt;
}

} // namespace sockeye::engineio
